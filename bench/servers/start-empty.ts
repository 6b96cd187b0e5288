// A program that imports nothing, for what Node itself takes.

import { ready } from './child.ts';

ready(0);
