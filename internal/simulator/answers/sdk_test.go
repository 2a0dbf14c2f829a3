package answers_test

import (
	"errors"
	"maps"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	workspace "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/workspace/v2/model"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/simtest"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

// official is the SDK's own client of a simulator: what it signs, sends and
// understands is what a user of the real service has.
func official(t *testing.T, s *simulator.Simulator, key, secret, token, project string) *workspace.WorkspaceClient {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	builder := basic.NewCredentialsBuilder().WithAk(key).WithSk(secret).WithSecurityToken(token).WithIamEndpointOverride(server.URL)
	if project != "" {
		builder.WithProjectId(project)
	}
	credentials, err := builder.SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	client, err := workspace.WorkspaceClientBuilder().
		WithRegion(region.NewRegion(simtest.Region, server.URL)).
		WithHttpConfig(config.DefaultHttpConfig()).
		WithCredential(credentials).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return workspace.NewWorkspaceClient(client)
}

// val is a member of an SDK model, the zero value if it is absent or null.
func val[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}

// must is the answer to a call that has to succeed.
func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(answer T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

// fleetOf counts in the SDK's words what Truth counts.
func fleetOf(attach *model.AttachStatistics, run *model.DesktopRunStatisticsRsp, login *model.DesktopLoginStatisticsRsp) simulator.Fleet {
	f := simulator.Fleet{Run: map[string]int{}, Login: map[string]int{}, Attach: map[string]int{}}
	put := func(m map[string]int, key string, n int32) {
		if n != 0 {
			m[key] = int(n)
		}
	}
	put(f.Attach, world.Attached, val(attach.AttachedNum))
	put(f.Attach, world.Unattached, val(attach.UnattachedNum))
	put(f.Attach, world.Attaching, val(attach.AttachingNum))
	put(f.Attach, world.AttachFail, val(attach.AttachErrorNum))
	put(f.Run, world.Active, run.ActiveNum)
	put(f.Run, world.ShutOff, run.StopNum)
	put(f.Run, world.Faulty, run.ErrorNum)
	put(f.Run, world.Hibernated, run.HibernatedNum)
	put(f.Login, world.Connected, login.InUseNum)
	put(f.Login, world.Unregistered, login.UnregisteredNum)
	put(f.Login, simulator.UnableToConnect, val(login.UnableToConnectNum))
	put(f.Login, world.Registered, login.ReadyNum)
	put(f.Login, world.Disconnected, login.DisconnectedNum)
	return f
}

func sameFleet(t *testing.T, what string, got, want simulator.Fleet) {
	t.Helper()
	if !maps.Equal(got.Run, want.Run) || !maps.Equal(got.Login, want.Login) || !maps.Equal(got.Attach, want.Attach) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// Every core operation, read with the official client, says what is true.
func TestOfficialClientReadsTheTruth(t *testing.T) {
	t.Parallel()
	s := simulator.New(simulator.Config{Desktops: 1200, Seed: 5, AccessKeys: map[string]string{"ak": "sk"}, SecurityToken: "token"})
	s.SetDesktops(1250)
	s.Freeze()
	truth := s.Truth().Projects[simtest.Project]
	c := official(t, s, "ak", "sk", "token", simtest.Project)

	t.Run("counts", func(t *testing.T) { officialCounts(t, c, truth) })
	t.Run("pools", func(t *testing.T) { officialPools(t, c, truth) })
	t.Run("desktops", func(t *testing.T) { officialDesktops(t, c, truth) })
	t.Run("usage", func(t *testing.T) { officialUsage(t, c, truth) })
	t.Run("alarms", func(t *testing.T) { officialAlarms(t, c, truth) })
	t.Run("records", func(t *testing.T) { officialRecords(t, c, truth) })
	t.Run("quotas", func(t *testing.T) { officialQuotas(t, c, truth) })
}

func officialCounts(t *testing.T, c *workspace.WorkspaceClient, truth simulator.ProjectTruth) {
	kinds := model.GetListDesktopsStatisticsRequestStatisticsTypeEnum()
	all := []model.ListDesktopsStatisticsRequestStatisticsType{kinds.ATTACH_STATE, kinds.LOGIN_STATE, kinds.RUN_STATE}
	statistics := must[*model.ListDesktopsStatisticsResponse](t)
	total := statistics(c.ListDesktopsStatistics(&model.ListDesktopsStatisticsRequest{StatisticsType: &all}))
	simtest.Equal(t, "total", int(val(total.TotalNum)), truth.Total)
	sameFleet(t, "statistics", fleetOf(total.AttachStatistics, total.RunStateStatistics, total.LoginStateStatistics), truth.Fleet)

	login := must[*model.ListLoginStateResponse](t)(c.ListLoginState(&model.ListLoginStateRequest{}))
	run := must[*model.ListRunStateResponse](t)(c.ListRunState(&model.ListRunStateRequest{}))
	sameFleet(t, "states", fleetOf(total.AttachStatistics,
		&model.DesktopRunStatisticsRsp{StopNum: val(run.StopNum), ActiveNum: val(run.ActiveNum), ErrorNum: val(run.ErrorNum), HibernatedNum: val(run.HibernatedNum)},
		&model.DesktopLoginStatisticsRsp{InUseNum: val(login.InUseNum), UnregisteredNum: val(login.UnregisteredNum),
			UnableToConnectNum: login.UnableToConnectNum, ReadyNum: val(login.ReadyNum), DisconnectedNum: val(login.DisconnectedNum)}), truth.Fleet)

	for kind, want := range truth.ByType {
		got := statistics(c.ListDesktopsStatistics(&model.ListDesktopsStatisticsRequest{StatisticsType: &all, DesktopType: &[]string{kind}}))
		simtest.Equal(t, kind, int(val(got.TotalNum)), want.Total)
		sameFleet(t, kind, fleetOf(got.AttachStatistics, got.RunStateStatistics, got.LoginStateStatistics), want)
		if kind == world.Dedicated {
			simtest.Equal(t, "pools of dedicated desktops", len(val(got.DesktopPoolStatistics)), 0)
			continue
		}
		simtest.Equal(t, "pools", len(val(got.DesktopPoolStatistics)), len(truth.Pools))
		for i, p := range val(got.DesktopPoolStatistics) {
			simtest.Equal(t, "pool id", val(p.DesktopPoolId), truth.Pools[i].ID)
			simtest.Equal(t, "desktops of "+val(p.DesktopPoolName), int(val(p.TotalNum)), truth.Pools[i].Fleet.Total)
			sameFleet(t, val(p.DesktopPoolName), fleetOf(p.AttachStatistics, p.RunStateStatistics, p.LoginStateStatistics), truth.Pools[i].Fleet)
		}
	}

	groups := must[*model.ListInstancesStatusResponse](t)(c.ListInstancesStatus(&model.ListInstancesStatusRequest{}))
	byName := map[string]simulator.Fleet{"default": truth.ByType[world.Dedicated]}
	for _, p := range truth.Pools {
		byName[p.Name] = p.Fleet
	}
	simtest.Equal(t, "groups", len(val(groups.Statics)), len(byName))
	for _, g := range val(groups.Statics) {
		want := byName[val(g.StaticName)]
		simtest.Equal(t, val(g.StaticName),
			[9]int32{val(g.RunningNum), val(g.StopNum), val(g.HibernateNum), val(g.OtherNum), val(g.InUseNum), val(g.UnregisteredNum), val(g.ReadyNum), val(g.DisconnectedNum), val(g.AttachedNum)},
			[9]int32{int32(want.Run[world.Active]), int32(want.Run[world.ShutOff]), int32(want.Run[world.Hibernated]), int32(want.Run[world.Faulty]), int32(want.Login[world.Connected]),
				int32(want.Login[world.Unregistered] + want.Login[simulator.UnableToConnect]), int32(want.Login[world.Registered]), int32(want.Login[world.Disconnected]), int32(want.Attach[world.Attached])})
	}
}

func officialPools(t *testing.T, c *workspace.WorkspaceClient, truth simulator.ProjectTruth) {
	pools := must[*model.ListDesktopPoolsResponse](t)(c.ListDesktopPools(&model.ListDesktopPoolsRequest{Limit: new(int32(1000))}))
	simtest.Equal(t, "pools", int(val(pools.TotalCount)), len(truth.Pools))
	kinds := map[string]int{}
	for i, p := range val(pools.DesktopPools) {
		want := truth.Pools[i]
		kinds[val(p.Type)]++
		simtest.Equal(t, "pool", [4]string{val(p.Id), val(p.Name), val(p.Type), val(p.Status)}, [4]string{want.ID, want.Name, want.Type, want.Status})
		simtest.Equal(t, "desktops of "+want.Name, [2]int{int(val(p.DesktopCount)), int(val(p.DesktopUsed))}, [2]int{want.Fleet.Total, want.Used})
		simtest.Equal(t, "maintenance of "+want.Name, val(p.InMaintenanceMode), want.Maintenance)
		simtest.Equal(t, "autoscale of "+want.Name, p.AutoscalePolicy != nil, want.Type == world.Dynamic)
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", val(p.CreatedTime)); err != nil || val(p.Product.Cpu) == "" {
			t.Errorf("pool %+v", p)
		}
	}
	if kinds[world.Dynamic] == 0 || kinds[world.Static] == 0 {
		t.Errorf("pools of types %v", kinds)
	}
}

func officialDesktops(t *testing.T, c *workspace.WorkspaceClient, truth simulator.ProjectTruth) {
	var simple []model.SimpleDesktopInfo
	for len(simple) < truth.Total {
		page := must[*model.ListDesktopsResponse](t)(c.ListDesktops(&model.ListDesktopsRequest{Limit: new(int32(1000)), Offset: new(int32(len(simple)))}))
		simtest.Equal(t, "total", int(val(page.TotalCount)), truth.Total)
		simple = append(simple, val(page.Desktops)...)
	}
	var detail []model.DesktopDetailInfo
	for len(detail) < truth.Total {
		page := must[*model.ListDesktopsDetailResponse](t)(c.ListDesktopsDetail(&model.ListDesktopsDetailRequest{Limit: new(int32(500)), Offset: new(int32(len(detail)))}))
		simtest.Equal(t, "total", int(val(page.TotalCount)), truth.Total)
		detail = append(detail, val(page.Desktops)...)
	}
	simtest.Equal(t, "desktops", [2]int{len(simple), len(detail)}, [2]int{truth.Total, truth.Total})
	for i, want := range truth.Desktops {
		s, d := simple[i], detail[i]
		got := simulator.DesktopTruth{ID: val(s.DesktopId), Name: val(s.ComputerName), PoolID: val(s.PoolId), Type: val(s.DesktopType), Zone: val(s.AvailabilityZone),
			User: val(s.UserName), Status: val(s.Status), ConnectStatus: val(s.ConnectStatus), AttachState: d.AttachState.Value(), Task: val(s.TaskStatus),
			ProductID: val(d.ProductId), OSType: d.Metadata["os_type"], Maintenance: val(s.InMaintenanceMode), Idle: want.Idle}
		simtest.Equal(t, "desktop", got, want)
		simtest.Equal(t, "detail", [6]string{val(d.DesktopId), val(d.Status), val(d.LoginStatus), val(d.TaskStatus), val(d.UserName), val(d.AvailabilityZone)},
			[6]string{want.ID, want.Status, want.ConnectStatus, want.Task, want.User, want.Zone})
	}
	one := must[*model.ListDesktopsResponse](t)(c.ListDesktops(&model.ListDesktopsRequest{
		DesktopId: &[]string{truth.Desktops[3].ID, truth.Desktops[7].ID}, Status: new(truth.Desktops[3].Status), Limit: new(int32(10))}))
	simtest.Equal(t, "filtered", val(val(one.Desktops)[0].DesktopId), truth.Desktops[3].ID)
}

func officialUsage(t *testing.T, c *workspace.WorkspaceClient, truth simulator.ProjectTruth) {
	end := truth.Aggregated.Add(time.Second).Format(query.SecondFormat)
	start := truth.Aggregated.AddDate(0, 0, -1).Format(query.SecondFormat)
	for _, days := range []int{7, 30, 90} {
		got := must[*model.ListDesktopUsageMetricResponse](t)(c.ListDesktopUsageMetric(&model.ListDesktopUsageMetricRequest{
			StartTime: start, EndTime: end, MinIdleDays: new(int32(days)), Limit: new(int32(1))}))
		simtest.Equal(t, "idle for days "+strconv.Itoa(days), int(val(got.Count)), truth.IdleDesktops(days))
		simtest.Equal(t, "metrics", len(val(val(got.Items)[0].Metric)), 2)
	}
}

func officialAlarms(t *testing.T, c *workspace.WorkspaceClient, truth simulator.ProjectTruth) {
	var all []model.AlarmHistoryItem
	for {
		page := must[*model.ListAlarmsResponse](t)(c.ListAlarms(&model.ListAlarmsRequest{Limit: new(int32(100)), Offset: new(int32(len(all)))}))
		all = append(all, val(page.AlarmHistories)...)
		if len(all) >= int(val(page.Count)) {
			break
		}
	}
	simtest.Equal(t, "records", len(all), len(truth.Alarms))
	byID := map[string]simulator.AlarmTruth{}
	for _, a := range truth.Alarms {
		byID[a.RecordID] = a
	}
	for _, a := range all {
		begin, err := time.Parse(query.SecondFormat, val(a.BeginTime))
		if err != nil {
			t.Error(err)
		}
		want := byID[val(a.RecordId)]
		simtest.Equal(t, "alarm", simulator.AlarmTruth{RecordID: val(a.RecordId), AlarmID: val(a.AlarmId), Name: val(a.Name), Status: val(a.Status),
			Metric: val(a.Metric.MetricName), DesktopID: val(val(a.Metric.Dimensions)[0].Value), Level: int(val(a.Level)), Begin: begin}, want)
	}
	counts := must[*model.ListAlarmStatisticsResponse](t)(c.ListAlarmStatistics(&model.ListAlarmStatisticsRequest{}))
	records := truth.AlarmRecords()
	simtest.Equal(t, "statistics", [5]int32{val(counts.CriticalCount), val(counts.MajorCount), val(counts.MinorCount), val(counts.InfoCount), val(counts.Total)},
		[5]int32{int32(records[1]), int32(records[2]), int32(records[3]), int32(records[4]), int32(len(truth.Alarms))})
}

func officialRecords(t *testing.T, c *workspace.WorkspaceClient, truth simulator.ProjectTruth) {
	first, last := truth.Records[0].Start, truth.Records[len(truth.Records)-1].Start
	var all []model.Record
	for {
		page := must[*model.ListLoginRecordsNewResponse](t)(c.ListLoginRecordsNew(&model.ListLoginRecordsNewRequest{
			StartTime: new(first.Format(query.MinuteFormat)), EndTime: new(last.Add(time.Minute).Format(query.MinuteFormat)),
			Limit: new(int32(1000)), Offset: new(int32(len(all)))}))
		all = append(all, val(page.Records)...)
		if len(all) >= int(val(page.TotalCount)) || len(val(page.Records)) == 0 {
			break
		}
	}
	simtest.Equal(t, "records", len(all), len(truth.Records))
	slices.Reverse(all)
	wire := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format(query.SecondFormat)
	}
	for i, want := range truth.Records {
		r := all[i]
		simtest.Equal(t, "record", [8]string{val(r.TransactionId), val(r.UserName), val(r.ComputerName), val(r.TerminalType), val(r.ConnectionStartTime),
			val(r.ConnectionSetupTime), val(r.ConnectionEndTime), val(r.ConnectionFailureReason)},
			[8]string{want.TransactionID, want.UserName, want.ComputerName, want.TerminalType, wire(want.Start), wire(want.Setup), wire(want.End), want.FailureReason})
		simtest.Equal(t, "reconnect", val(r.IsReconnect), want.Reconnect)
		simtest.Equal(t, "rtt", [2]int{int(val(r.NetworkRtt)), int(val(r.E2eRtt))}, [2]int{want.NetworkRTT, want.EndToEndRTT})
	}
	online := must[*model.ListHistoryOnlineInfoNewResponse](t)(c.ListHistoryOnlineInfoNew(&model.ListHistoryOnlineInfoNewRequest{QueryType: new("DAY")}))
	buckets := val(online.TimeCounts)
	newest := buckets[len(buckets)-1]
	simtest.Equal(t, "online users", newest[strings.LastIndex(newest, ":")+1:], strconv.Itoa(truth.OnlineUsers))
}

func officialQuotas(t *testing.T, c *workspace.WorkspaceClient, truth simulator.ProjectTruth) {
	var got []world.Quota
	read := func(site string, list []model.ResourceNoLimit) {
		for _, r := range list {
			got = append(got, world.Quota{SiteID: site, Type: val(r.Type), Limit: int(val(r.Quota)), Used: int(val(r.Used)), Unit: val(r.Unit)})
		}
	}
	all := must[*model.ShowQuotasResponse](t)(c.ShowQuotas(&model.ShowQuotasRequest{}))
	read("s-center", all.Quotas.Resources)
	for _, site := range val(all.SiteQuotas) {
		read(val(site.SiteId), site.Resources)
	}
	if !slices.Equal(got, truth.Quotas) {
		t.Errorf("quotas = %v, want %v", got, truth.Quotas)
	}
	simtest.Equal(t, "sites", len(val(all.SiteQuotas)), 2)
	got = nil
	for _, site := range []string{"s-center", "s-edge1", "s-edge2"} {
		detail := must[*model.ShowQuotaDetailsResponse](t)(c.ShowQuotaDetails(&model.ShowQuotaDetailsRequest{SiteId: new(site)}))
		read(val(detail.SiteId), detail.Resources)
	}
	if !slices.Equal(got, truth.Quotas) {
		t.Errorf("quota details = %v, want %v", got, truth.Quotas)
	}
	unlimited := slices.IndexFunc(got, func(q world.Quota) bool { return q.Limit == -1 })
	simtest.Equal(t, "a quota is unlimited", unlimited >= 0, true)
}

// The SDK discovers the project by region, and gets the errors as documented.
func TestOfficialClientDiscoversAndFails(t *testing.T) {
	t.Parallel()
	s := simulator.New(simulator.Config{
		Desktops:   10,
		AccessKeys: map[string]string{"discovery-ak": "sk", "limited-ak": "sk"},
		Projects:   []world.Project{{ID: "another", Region: "elsewhere"}, {ID: simtest.Project, Region: simtest.Region}},
		LimitScale: 0.01, // 2 a minute
	})
	c := official(t, s, "discovery-ak", "sk", "", "")
	run := must[*model.ListRunStateResponse](t)(c.ListRunState(&model.ListRunStateRequest{}))
	simtest.Equal(t, "desktops", int(val(run.ActiveNum)+val(run.StopNum)+val(run.ErrorNum)+val(run.HibernatedNum)), 10)

	expect := func(err error, status int, code, text string) {
		t.Helper()
		var failure *sdkerr.ServiceResponseError
		if !errors.As(err, &failure) {
			t.Fatalf("error = %v", err)
		}
		if failure.StatusCode != status || failure.ErrorCode != code || !strings.Contains(failure.ErrorMessage, text) || len(failure.RequestId) != 32 {
			t.Errorf("error = %+v, want %d %s %q", failure, status, code, text)
		}
	}
	_, err := official(t, s, "limited-ak", "wrong", "", simtest.Project).ListRunState(&model.ListRunStateRequest{})
	expect(err, 401, "APIGW.0301", "verify aksk signature fail")
	_, err = official(t, s, "unknown-ak", "sk", "", simtest.Project).ListRunState(&model.ListRunStateRequest{})
	expect(err, 401, "APIGW.0301", "Get secretKey failed")
	_, err = official(t, s, "limited-ak", "sk", "", "0000").ListRunState(&model.ListRunStateRequest{})
	expect(err, 403, "APIGW.0310", "project")
	limited := official(t, s, "limited-ak", "sk", "", simtest.Project)
	_, err = limited.ListDesktops(&model.ListDesktopsRequest{Limit: new(int32(1001))})
	expect(err, 400, "WKS.0001", "limit")
	_ = must[*model.ListDesktopsResponse](t)(limited.ListDesktops(&model.ListDesktopsRequest{Limit: new(int32(1000))}))
	_, err = limited.ListDesktops(&model.ListDesktopsRequest{Limit: new(int32(1000))})
	expect(err, 429, "APIGW.0308", "policy user over ratelimit,limit:2,time:1 minute")
}
