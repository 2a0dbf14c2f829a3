package collector

import "testing"

func TestRecordings(t *testing.T)         { recordings(t, All()) }
func TestRecordingsComplete(t *testing.T) { recordingsComplete(t, All()) }
func TestNonsense(t *testing.T)           { nonsense(t, All()) }
func TestFailedCalls(t *testing.T)        { failedCalls(t, All()) }
func FuzzAnswer(f *testing.F)             { fuzzAnswer(f, All()) }
