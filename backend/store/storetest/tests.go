// SPDX-License-Identifier: Apache-2.0

package storetest

// test is a test by name. It opens a store, or several.
type test struct {
	name string
	run  func(t *T)
}

// firstReading is the first test that is about finding.
const firstReading = "SearchRandom"

var tests = []test{
	{"Values", testValues},
	{"Corpus", testCorpus},
	{"Doubles", testDoubles},
	{"Retries", testRetries},
	{"IDs", testIDs},
	{"Times", testTimes},
	{"HostileText", testHostileText},
	{"Window", testWindow},
	{"Ownership", testOwnership},
	{"Large", testLarge},
	{firstReading, testSearchRandom},
	{"SearchHostile", testSearchHostile},
	{"SearchCursor", testSearchCursor},
	{"SearchCut", testSearchCut},
	{"SearchErrors", testSearchErrors},
	{"Services", testServices},
	{"Keys", testKeys},
	{"Links", testLinks},
	{"SharedLinks", testSharedLinks},
	{"StoredLinks", testStoredLinks},
	{"Walk", testWalk},
	{"RED", testRED},
	{"Arrivals", testArrivals},
	{"ArrivalsCut", testArrivalsCut},
	{"Retention", testRetention},
	{"Archive", testArchive},
	{"Purge", testPurge},
	{"Sampler", testSampler},
	{"Reopen", testReopen},
	{"Kill", testKill},
	{"Locked", testLocked},
	{"Newer", testNewer},
	{"Older", testOlder},
	{"CancelledMidway", testCancelledMidway},
	{"Concurrent", testConcurrent},
	{"Closed", testClosed},
	{"Cancelled", testCancelled},
}
