// A program that imports the kit.

import 'harmony-websocket';
import { ready } from './child.ts';

ready(0);
