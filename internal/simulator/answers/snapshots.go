package answers

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/workspace-exporter/workspace_exporter/internal/simulator/query"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/response"
	"github.com/workspace-exporter/workspace_exporter/internal/simulator/world"
)

func snapshotsAnswers() map[string]Answer {
	return map[string]Answer{
		"ListDesktopSnapshot": {
			Params: query.Params(query.Repeated(query.Text("desktop_ids", "desktop_names", "snapshot_names")), query.Text("desktop_id", "desktop_name", "snapshot_name"),
				query.OneOf("disk_type", "SYSTEM_DISK", "DATA_DISKS", "ALL"), query.OneOf("create_type", "AUTO", "MANUALLY"),
				query.OneOf("status", "creating", "restoring", "create_success", "create_failed", "restore_success", "restore_failed"),
				query.OneOf("sort_field", "create_time", "snapshot_name"), query.OneOf("sort_type", "ASC", "DESC"), query.Paging(1000, query.AnyOffset)),
			Reply: snapshotList,
		},
	}
}

func snapshotList(w *world.World, r query.Request) any {
	if r.Has("sort_field") != r.Has("sort_type") {
		return response.Refusal("sort_field and sort_type go together")
	}
	var rows []object
	for _, s := range w.Snapshots() {
		d, kind := s.Desktop, strings.ToLower(s.Kind)
		rows = append(rows, object{
			"snapshot_id": fmt.Sprintf("snap-%s-%x", kind[:1]+d.ID, s.Taken.Unix()), "snapshot_name": d.Name + "-" + kind,
			"desktop_id": d.ID, "desktop_name": d.Name, "desktop_sid": d.SID, "desktop_pool_id": d.PoolID(), "is_system_disk": true,
			"status": s.Status, "process": nil, "description": "", "create_time": stamp(s.Taken), "create_type": s.Kind, "last_restore_time": "",
			"restore_fail_reason": s.RestoreFailed, unsent + "disk_type": "SYSTEM_DISK",
		})
	}
	query.SortBy(r, rows, func(a, b object) int { return cmp.Compare(a.text(r.Text("sort_field")), b.text(r.Text("sort_field"))) })
	return list(r, "desktop_snapshots", "total_count", rows, 1000, "desktop_id", "desktop_name", "snapshot_name", "create_type", "status")
}
