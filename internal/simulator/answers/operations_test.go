package answers_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	workspace "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2/model"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
)

// Calls of operations that the reference does not allow, or that it does.
func TestOperationsAreStrict(t *testing.T) {
	t.Parallel()
	s, _ := simtest.New(simulator.Config{Desktops: 120})
	for path, want := range map[string]int{
		"/v2/{p}/workspace-sub-jobs":                                                             200,
		"/v2/{p}/workspace-sub-jobs?status=FAILED&limit=1000&offset=0":                           200,
		"/v2/{p}/workspace-sub-jobs?status=FAIL":                                                 400,
		"/v2/{p}/workspace-sub-jobs?limit=1001":                                                  400,
		"/v2/{p}/scheduled-tasks":                                                                400,
		"/v2/{p}/scheduled-tasks?limit=50&offset=0&scheduled_type=LIFE_CYCLE":                    200,
		"/v2/{p}/scheduled-tasks/task-1/records?limit=100":                                       200,
		"/v2/{p}/scheduled-tasks/none/records":                                                   400,
		"/v2/{p}/script-execution-tasks?execute_time_start=2026-03-04T08:00:00Z":                 200,
		"/v2/{p}/script-execution-tasks?execute_time_start=2026-03-04T08:00:01Z":                 400,
		"/v2/{p}/snapshots?sort_field=create_time&sort_type=DESC&limit=1":                        200,
		"/v2/{p}/snapshots?sort_field=create_time":                                               400,
		"/v2/{p}/snapshots?status=available":                                                     400,
		"/v1/{p}/app-center/jobs?job_status=FAIL":                                                200,
		"/v2/{p}/app-center/jobs":                                                                404,
		"/v2/{p}/ports?limit=2000&marker=port-000100":                                            200,
		"/v2/{p}/ports?offset=1":                                                                 400,
		"/v2/{p}/eips?state=bound":                                                               400,
		"/v2/{p}/subnets/subnet-center/available-ip":                                             200,
		"/v2/{p}/subnets/subnet-nowhere/available-ip":                                            400,
		"/v2/{p}/policy-groups?offset=1001":                                                      400,
		"/v2/{p}/access-policy?offset=100":                                                       400,
		"/v2/{p}/screen-records?start_time=2026-03-04%2000:00:00&end_time=2026-03-04%2009:00:00": 200,
		"/v2/{p}/screen-records?start_time=2026-03-04T00:00:00Z":                                 400,
		"/v2/{p}/screen-records?status=REC_FAILED":                                               400,
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path[:4]+simtest.Project+path[7:], nil))
		if w.Code != want {
			t.Errorf("GET %s: %d %s, want %d", path, w.Code, w.Body, want)
		}
	}
}

// The official client understands the answers.
func TestOfficialClientReadsOperations(t *testing.T) {
	t.Parallel()
	s := simulator.New(simulator.Config{Desktops: 300, Seed: 5, AccessKeys: map[string]string{"ak": "sk"}})
	s.Freeze()
	truth := s.Truth().Projects[simtest.Project]
	c := official(t, s, "ak", "sk", "", simtest.Project)

	var jobs []model.JobDetailInfo
	for len(jobs) < len(truth.Jobs) {
		page := must[*model.ListItaSubJobsResponse](t)(c.ListItaSubJobs(&model.ListItaSubJobsRequest{Limit: new(int32(1000)), Offset: new(int32(len(jobs)))}))
		simtest.Equal(t, "jobs", int(val(page.TotalCount)), len(truth.Jobs))
		jobs = append(jobs, val(page.Jobs)...)
	}
	for i, want := range truth.Jobs {
		simtest.Equal(t, "job", [4]string{val(jobs[i].Id), val(jobs[i].JobType), val(jobs[i].Status), val(jobs[i].BeginTime)},
			[4]string{want.ID, want.Type, want.Status, want.Begin.Format(query.SecondFormat)})
	}
	officialLists(t, c, truth)
}

func officialLists(t *testing.T, c *workspace.WorkspaceClient, truth simulator.ProjectTruth) {
	t.Helper()
	tasks := must[*model.ListScheduledTasksResponse](t)(c.ListScheduledTasks(&model.ListScheduledTasksRequest{Limit: 50}))
	simtest.Equal(t, "tasks", int(val(tasks.TotalCount)), 6)
	simtest.Equal(t, "first task", val(val(tasks.ScheduledTasks)[0].TaskType), "START")
	for status, n := range truth.Snapshots {
		got := must[*model.ListDesktopSnapshotResponse](t)(c.ListDesktopSnapshot(&model.ListDesktopSnapshotRequest{Status: &status, Limit: new(int32(1))}))
		simtest.Equal(t, status, int(val(got.TotalCount)), n)
	}
	scripts := must[*model.ListScriptTasksResponse](t)(c.ListScriptTasks(&model.ListScriptTasksRequest{Limit: new(int32(100))}))
	simtest.Equal(t, "script tasks", int(val(scripts.Count)) > 80, true)
	groups := must[*model.ListPolicyGroupResponse](t)(c.ListPolicyGroup(&model.ListPolicyGroupRequest{Limit: new(int32(100))}))
	simtest.Equal(t, "policy groups", len(val(groups.PolicyGroups)), 7)
	for subnet, n := range truth.FreeAddresses {
		got := must[*model.ShowAvailableIpResponse](t)(c.ShowAvailableIp(&model.ShowAvailableIpRequest{SubnetId: subnet}))
		simtest.Equal(t, subnet, int(val(got.AvailableIp)), n)
	}
	zones := must[*model.ListAvailabilityZonesResponse](t)(c.ListAvailabilityZones(&model.ListAvailabilityZonesRequest{}))
	simtest.Equal(t, "sold out in the second zone", len(val(val(zones.AvailabilityZones)[1].SoldOut.Products)), 2)
	records := must[*model.ListScreenRecordsResponse](t)(c.ListScreenRecords(&model.ListScreenRecordsRequest{Limit: new(int32(100))}))
	simtest.Equal(t, "screen records", val(records.TotalCount) > 2000, true)
	apps := must[*model.ListAppsResponse](t)(c.ListApps(&model.ListAppsRequest{Limit: new(int32(100))}))
	simtest.Equal(t, "apps", val(apps.Count), 12)
}
