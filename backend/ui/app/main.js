// SPDX-License-Identifier: Apache-2.0

import { uiIdle } from './idle.js';
import { listen as listenKeys } from './keys.js';
import { listen as listenPixels } from './pixels.js';
import { listen as listenRouter } from './router.js';
import { listen as listenSettings } from './settings.js';
import './shell.js';
import { listen as listenTheme } from './theme.js';

listenSettings();
listenTheme();
listenPixels();
listenRouter();
listenKeys();
window.uiIdle = uiIdle;
