// A program that imports this package's engine.

import 'harmony-websocket/engine';
import { ready } from './child.ts';

ready(0);
