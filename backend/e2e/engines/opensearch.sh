#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# OpenSearch 2.
# usage: opensearch.sh install|start|kill|stop|status, as lib.sh says. start prints
#   ELASTIC   the URL
name=opensearch program=opensearch port=19201
. "$(dirname "$0")/search-server.sh"
