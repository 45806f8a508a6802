// SPDX-License-Identifier: Apache-2.0

import { uiIdle } from './idle.js';
import * as keys from './keys.js';
import * as pixels from './pixels.js';
import * as router from './router.js';
import * as settings from './settings.js';
import './shell.js';
import * as theme from './theme.js';

settings.listen();
theme.listen();
pixels.listen();
router.listen();
keys.listen();
window.uiIdle = uiIdle;
