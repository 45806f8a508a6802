#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes backend/ui/vendor/lit.js of the version of lit that backend/ui/test/package.json names.
. "$(dirname "$0")/lib.sh"

cd backend/ui
npm --prefix test ci --ignore-scripts --silent
version=$(node -p 'require("./test/node_modules/lit/package.json").version')
NODE_PATH=test/node_modules test/node_modules/.bin/esbuild vendor/lit.entry.js --bundle --format=esm --minify --legal-comments=none \
  --banner:js="// lit $version, BSD-3-Clause, see LICENSE-lit. Made by scripts/vendor-lit.sh." --outfile=vendor/lit.js
cp test/node_modules/lit/LICENSE vendor/LICENSE-lit
