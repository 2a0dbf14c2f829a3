package usage

import (
	"testing"

	"github.com/workspace-exporter/workspace_exporter/collector/areatest"
)

func TestRecordings(t *testing.T) { areatest.Recordings(t, Areas()) }

func TestAbsentMembers(t *testing.T) { areatest.Absent(t, Areas()) }

func TestNumbers(t *testing.T) { areatest.Numbers(t, Areas()) }

func TestContract(t *testing.T) { areatest.Contract(t, Areas()) }

func FuzzAnswer(f *testing.F) { areatest.FuzzAnswer(f, Areas()) }
