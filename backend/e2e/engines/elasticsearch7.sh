#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Elasticsearch 7.
# usage: elasticsearch7.sh install|start|kill|stop|status, as lib.sh says. start prints
#   ELASTIC   the URL
name=elasticsearch7 program=elasticsearch port=19202
. "$(dirname "$0")/search-server.sh"
