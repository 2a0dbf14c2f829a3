package answers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2/model"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// Use, users and events, read with the official client, are what is true.
func TestOfficialClientReadsUsage(t *testing.T) {
	t.Parallel()
	s := simulator.New(simulator.Config{Desktops: 300, Seed: 5, AccessKeys: map[string]string{"ak": "sk"}, LimitScale: 100})
	s.Freeze()
	truth := s.Truth().Projects[simtest.Project]
	c := official(t, s, "ak", "sk", "", simtest.Project)
	end := truth.Aggregated.Format(query.SecondFormat)
	start := truth.Aggregated.Add(time.Second - world.Day).Format(query.SecondFormat)

	users := must[*model.ListUsersResponse](t)(c.ListUsers(&model.ListUsersRequest{Limit: new("100"), Offset: new("100")}))
	simtest.Equal(t, "users", int(val(users.TotalCount)), len(truth.Users))
	for i, u := range val(users.Users) {
		want := truth.Users[100+i]
		simtest.Equal(t, "user", world.User{ID: val(u.Id), Name: val(u.UserName), Group: val(u.GroupNames)[0], Locked: val(u.Locked), Disabled: val(u.Disabled), Expired: val(u.AccountExpired),
			PasswordNever: val(u.PasswordNeverExpired), PasswordChange: val(u.NextLoginChangePassword), Expires: want.Expires, Desktops: int(val(u.TotalDesktops)), OTP: want.OTP}, want)
		devices := must[*model.ListOtpDevicesByUserIdResponse](t)(c.ListOtpDevicesByUserId(&model.ListOtpDevicesByUserIdRequest{UserId: want.ID}))
		simtest.Equal(t, "devices of "+want.Name, len(val(devices.OtpDevices)) == 1, want.OTP != "")
	}
	groups := must[*model.ListUserGroupsResponse](t)(c.ListUserGroups(&model.ListUserGroupsRequest{Limit: new("100")}))
	members := 0
	for _, g := range val(groups.UserGroups) {
		members += int(val(g.UserQuantity))
	}
	simtest.Equal(t, "members", members, len(truth.Users))

	use := must[*model.ListUserUsageMetricResponse](t)(c.ListUserUsageMetric(&model.ListUserUsageMetricRequest{StartTime: start, EndTime: end, Limit: new(int32(1)), SortField: new("user_usage"), SortType: new("DESC")}))
	simtest.Equal(t, "users with use", int(val(use.Count)), len(truth.UserDays))
	longest := time.Duration(0)
	for _, u := range truth.UserDays {
		longest = max(longest, u.Usage)
	}
	simtest.Equal(t, "longest use", val(val(val(use.Items)[0].Metric)[0].MetricValue), longest.Seconds())
	access := must[*model.ListAppUserAccessDataResponse](t)(c.ListAppUserAccessData(&model.ListAppUserAccessDataRequest{StartTime: start, EndTime: end, Limit: new(int32(100))}))
	for _, item := range val(access.Items) {
		for _, u := range truth.UserDays {
			if u.Name == val(item.Username) {
				simtest.Equal(t, "failures of "+u.Name, int(val(item.AccessFailedCount)), u.Access)
			}
		}
	}
	used := must[*model.ListUsedDesktopInfoResponse](t)(c.ListUsedDesktopInfo(&model.ListUsedDesktopInfoRequest{Body: &model.ListUsedDesktopInfoReq{
		StartTime: new(truth.Aggregated.Format(time.DateOnly)), EndTime: new(truth.Aggregated.Format(time.DateOnly)), Limit: new(int32(100))}}))
	simtest.Equal(t, "used desktops", int(val(used.TotalCount)), len(truth.UsedHours))
	for _, d := range val(used.DesktopUsedInfoList) {
		simtest.Equal(t, "hours", val(val(d.UsedInfoList)[0].UseTime), fmt.Sprintf("%.2f", truth.UsedHours[val(d.DesktopId)]))
	}
	unused := must[*model.ListUnusedDesktopsResponse](t)(c.ListUnusedDesktops(&model.ListUnusedDesktopsRequest{Limit: new(int32(1)), StartTime: new(truth.Aggregated.AddDate(0, 0, -7).Format(query.MilliFormat))}))
	n := 0
	for _, at := range truth.LastUsed {
		if at.Before(truth.Aggregated.AddDate(0, 0, -7).Truncate(time.Second)) {
			n++
		}
	}
	simtest.Equal(t, "unused desktops", int(val(unused.TotalCount)), n)

	rules := must[*model.ListMetricNotifyRuleResponse](t)(c.ListMetricNotifyRule(&model.ListMetricNotifyRuleRequest{}))
	for i, rule := range val(rules.Items) {
		want := truth.NotifyRules[i]
		simtest.Equal(t, "rule", world.NotifyRule{ID: val(rule.RuleId), Days: int(val(rule.Threshold)), Enabled: val(rule.Enable)}, want)
		record := must[*model.ListMetricNotifyRecordResponse](t)(c.ListMetricNotifyRecord(&model.ListMetricNotifyRecordRequest{RuleId: rule.RuleId}))
		simtest.Equal(t, "matched", int(val(val(record.Items)[0].MatchCount)), truth.IdleDesktops(want.Days))
	}

	now := time.Now().UTC()
	events := must[*model.ListUserEventsResponse](t)(c.ListUserEvents(&model.ListUserEventsRequest{StartTime: now.AddDate(0, 0, -3).Format(query.SecondFormat), EndTime: now.Format(query.SecondFormat), Limit: new(int32(1))}))
	n = 0
	for _, r := range truth.Records {
		n += len(world.EventsOf(r))
	}
	simtest.Equal(t, "events", int(val(events.Count)), n)
	newest := truth.Records[len(truth.Records)-1]
	stages := must[*model.ShowUserAccessStagesResponse](t)(c.ShowUserAccessStages(&model.ShowUserAccessStagesRequest{TransactionId: newest.TransactionID}))
	simtest.Equal(t, "user of the stages", val(stages.Username), newest.UserName)
	var messages int
	kinds := model.GetListNotificationRecordsRequestQueryTypeEnum()
	for _, kind := range []model.ListNotificationRecordsRequestQueryType{kinds.DESKTOP, kinds.DESKTOP_POOL} {
		messages += int(val(must[*model.ListNotificationRecordsResponse](t)(c.ListNotificationRecords(&model.ListNotificationRecordsRequest{QueryType: kind})).TotalCount))
	}
	simtest.Equal(t, "messages", messages, len(truth.Notifications))

	value, _ := world.Statistic("desktop_usage", truth.Aggregated.Add(time.Second-world.Day), truth.Aggregated)
	metrics := must[*model.ListMetricsResponse](t)(c.ListMetrics(&model.ListMetricsRequest{StartTime: start, EndTime: end, MetricNames: []string{"nothing", "desktop_usage"}}))
	simtest.Equal(t, "statistic", val(val(metrics.Body)[0].MetricValue), value)
	hours := model.GetListMetricsTrendRequestPeriodEnum().HOUR
	trend := must[*model.ListMetricsTrendResponse](t)(c.ListMetricsTrend(&model.ListMetricsTrendRequest{StartTime: start, EndTime: end, MetricNames: []string{"desktop_usage"}, Period: &hours}))
	sum := 0.0
	for _, p := range val(trend.Body) {
		sum += val(val(p.Metrics)[0].MetricValue)
	}
	simtest.Equal(t, "trend", sum, value)
	growth := must[*model.ShowGrowthRateResponse](t)(c.ShowGrowthRate(&model.ShowGrowthRateRequest{MetricName: "desktop_usage"}))
	simtest.Equal(t, "there is a growth rate", growth.GrowthRate != nil, true)
}

// Parameters that the reference does not allow, or that it does.
func TestUsageStrictness(t *testing.T) {
	t.Parallel()
	s, _ := simtest.New(simulator.Config{Desktops: 20})
	const (
		times   = "?start_time=2026-03-03T00:00:00Z&end_time=2026-03-03T23:59:59Z"
		metrics = "/statistics/metrics" + times
		trend   = "/statistics/metrics/trend" + times
		events  = "/user-events"
	)
	for path, want := range map[string]int{
		metrics: 400,
		metrics + "&metric_names=a&metric_names=b&period=DAY":                                     200,
		metrics + "&metric_names=a&period=MIN":                                                    400,
		metrics + "&metric_names=a&dim.0=instance_id,d-1":                                         200,
		metrics + "&metric_names=a&dim=instance_id,d-1":                                           200,
		metrics + "&metric_names=a&dim.0=instance_id":                                             400,
		metrics + "&metric_names=a&dim.1=instance_id,d-1":                                         400,
		metrics + "&metric_names=a&dim.3=instance_id,d-1":                                         400,
		trend + "&metric_names=a&period=5MIN":                                                     200,
		trend + "&metric_names=a&period=WEEK":                                                     400,
		"/statistics/growth-rate":                                                                 400,
		"/statistics/growth-rate?metric_name=a":                                                   200,
		"/statistics/growth-rate?metric_names=a":                                                  400,
		"/statistics/metrics/users" + times:                                                       200,
		"/statistics/metrics/users" + times + "&limit=101":                                        400,
		"/statistics/metrics/users?start_time=2026-01-03T00:00:00Z&end_time=2026-03-03T23:59:59Z": 400,
		"/statistics/metrics/access-stages":                                                       400,
		"/statistics/metrics/access-stages?transaction_id=nothing":                                404,
		"/statistics/notification-records":                                                        400,
		"/statistics/notification-records?metric_name=desktop_idle_duration":                      200,
		"/desktops/statistics/unused":                                                             200,
		"/desktops/statistics/unused?start_time=2026-03-03T00:00:00Z":                             400,
		"/desktops/statistics/unused?limit=2000&offset=2001":                                      400,
		"/users?limit=101":                                                                        400,
		"/users?disabled=maybe":                                                                   400,
		"/users/nobody/otp-devices":                                                               400,
		"/users/notification-records":                                                             400,
		"/users/notification-records?query_type=DESKTOP":                                          200,
		events:         400,
		events + times: 200,
		events + "?start_time=2026-01-03T00:00:00Z&end_time=2026-03-03T23:59:59Z": 400,
		events + "?start_time=2026-03-03T00:00Z&end_time=2026-03-03T23:59Z":       400,
	} {
		if w := simtest.Call(s, path); w.Code != want {
			t.Errorf("GET %s: %d %s, want %d", path, w.Code, w.Body, want)
		}
	}
	for body, want := range map[string]int{
		``:              200,
		`{}`:            200,
		`{"limit":101}`: 400,
		`{"pages":1}`:   400,
		`{"start_time":"2026-03-01","end_time":"2026-03-03","group_by_type":"DAY","limit":100}`: 200,
		`{"start_time":"2026-01-01","end_time":"2026-03-03"}`:                                   400,
		`{"start_time":"2026-03-01T00:00:00Z"}`:                                                 400,
		`no JSON`:                                                                               400,
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v2/"+simtest.Project+"/desktops/statistics/used", strings.NewReader(body)))
		simtest.Equal(t, "POST used "+body, w.Code, want)
	}
}
