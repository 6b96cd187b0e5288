// A program that imports undici.

import 'undici';
import { ready } from '../servers/child.ts';

ready(0);
