// SPDX-License-Identifier: Apache-2.0

package config

// maxShown is how many bytes of a variable's value an error shows.
const maxShown = 128
