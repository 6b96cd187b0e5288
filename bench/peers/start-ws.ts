// A program that imports `ws`.

import 'ws';
import { ready } from '../servers/child.ts';

ready(0);
