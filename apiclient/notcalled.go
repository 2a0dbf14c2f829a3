package apiclient

import "net/http"

// NotCalled is a read of the reference that the exporter never makes.
type NotCalled struct {
	Operation, Method, Path string
	// Why says in a sentence what speaks against it.
	Why string
}

// get is a read by GET below a project.
func (n NotCalled) get(path string) NotCalled {
	n.Method, n.Path = http.MethodGet, path
	return n
}

// NeverCalled lists the reads that are left out, with the reason. Together
// with the catalogue it accounts for every read of the published table, which
// a test sees to, and for those operations beside it that show objects of
// their own. Those that change something or hand out secrets must not even be
// allowed to the key.
func NeverCalled() []NotCalled {
	never := func(operation, path, why string) NotCalled {
		return NotCalled{Operation: operation, Why: why}.get("/v2/{project_id}" + path)
	}
	return []NotCalled{
		// Change something or hand out secrets.
		never("ResetRandomPassword", "/users/{user_id}/random-password", "It resets the user's password."),
		never("ShowRemoteConsoleAddress", "/desktops/{desktop_id}/remote-consoles", "It issues access to the console of a desktop."),
		never("ShowDesktopRemoteAssistanceInfo", "/desktops/{desktop_id}/remote-assistance", "The answer can contain the password of a shared session."),
		never("ShowAuthConfig", "/auth-config/method-config", "The answer can contain secrets of the login (LDAP password, application secret)."),
		never("ShowAssistAuthConfig", "/assist-auth-config/method-config", "The answer can contain secrets of the second factor."),
		never("ExportUserLoginInfoNew", "/connections/desktops/export", "It makes a file of personal data; ListLoginRecordsNew has the same records."),

		// The same state comes from a list that is collected, at far fewer calls.
		never("ShowDesktopDetail", "/desktops/{desktop_id}", "One call a desktop for what ListDesktopsDetail lists 500 at a time."),
		never("ListPoolDesktopsDetail", "/desktop-pools/{pool_id}/desktops", "ListDesktopsDetail lists the same desktops, 500 instead of 100 at a time."),
		never("ListUserDetail", "/users/{user_id}", "One call a user, with more personal data, for what ListUsers lists."),
		never("ListUsersOfGroup", "/groups/{group_id}/users", "Names of people; how many a group has is in ListUserGroups."),
		never("ListPolicyGroupInfo", "/policy-groups/detail", "ListPolicyGroup has the same entries."),
		never("ListPolicyDetailInfoById", "/policy-groups/{policy_group_id}", "ListPolicyGroup has the same entry."),
		never("ListTargetOfPolicyGroup", "/policy-groups/{policy_group_id}/targets", "The targets are in ListPolicyGroup; by name they are people."),
		never("ListAzs", "/availability-zones/summary", "ListAvailabilityZones has the same zones with what is sold out."),
		never("ShowAzDetails", "/availability-zones/detail", "ListAvailabilityZones has the same zones with what is sold out."),
		never("ShowScriptDetail", "/scripts/{script_id}", "The text of a script, which can contain secrets; ListScripts counts them."),
		never("ShowScriptRecordDetail", "/script-execution-records/{record_id}", "The output of a script, which can contain secrets; results are in the lists."),
		never("ShowScheduledTasks", "/scheduled-tasks/{task_id}", "Settings of a task without any state; ListScheduledTasks has the last status and the next run."),
		never("ListScheduledTasksRecordsDetails", "/scheduled-tasks/{task_id}/records/{record_id}", "One call a run for each desktop's result; ListScheduledTasksRecords has the numbers."),
		never("ShowJob", "/workspace-jobs/{job_id}", "Jobs cannot be listed, their ids come from changes only; ListItaSubJobs has the parts of all jobs."),
		never("ShowDesktopNetwork", "/desktops/{desktop_id}/networks", "Addresses of one desktop, no state; free addresses come from ShowAvailableIp."),
		never("ShowDesktopNetworks", "/desktops/networks", "Addresses of desktops, no state; free addresses come from ShowAvailableIp."),
		never("ListDesktopActions", "/desktops/{desktop_id}/actions", "One call a desktop for a history of power actions; jobs and states show their outcome."),

		// Not in the published table.
		never("ListDesktopsConnectStatus", "/connect-desktops", "ListDesktops has the same state of all desktops; this list ends at 4,000."),
		never("ListDesktopPoolsByUsers", "/desktop-pools/statistics/by-users", "Pools by user, ten users a call: personal, and no state."),
		never("ListServersByHostId", "/hosts/{host_id}/servers", "The desktops of a host once more; ListHostsDetail has their number."),
		never("ShowCertDetail", "/certmanager/private-certificate-authorities/{cert_id}", "One call a certificate for its text; ListCerts has state and expiry."),
		never("ListDesktopDetachInfo", "/desktops/{desktop_id}/detach-info", "One call a desktop for who had it before: personal, and no state."),
		never("ListProjectTags", "/desktops/tags", "Names of tags, no state."),
		never("ListVpcInfo", "/vpcs", "The networks of the account, no state; ListSubnets has those in use."),
		never("ListLifeCycleTypeConfigurations", "/scheduled-tasks/life-cycle-type/configurations", "What scheduled tasks may be set to, no state."),
		never("ListDesktopOperations", "/screen-records/{record_id}/os-operations", "What a person did during a recording."),
		{
			Operation: "ShowAiAssistantUsageFrequency", Method: http.MethodGet, Path: "/v3/users/ai-assistant/statistics/usage-frequency",
			Why: "Who uses the assistant how often: personal, and no state.",
		},

		// No operational state.
		never("ListPoliciesOfPolicyGroup", "/policy-groups/{policy_group_id}/policies", "Settings of the clients, no state."),
		never("ListOriginalPolicyInfo", "/policy-groups/original-policies", "Default settings, the same for everybody."),
		never("ListHourPackagesType", "/products/hour-packages", "A price list; hours used up come from ListDesktopsDetail."),
		never("ListSharerProducts", "/products/sharer", "A price list."),
		never("ListTimeZones", "/common/timezones", "Names of time zones, no state."),
		never("ListMarketImages", "/market-images", "A catalogue of images on sale, asked for by their ids."),
		never("ShowSysprepInfo", "/desktops/{desktop_id}/sysprep", "A version within one desktop that matters only when it is made an image."),
		never("ShowShareSpaceConfig", "/share-space/configuration", "Default settings of shared desktops, no state."),
		never("ListAdOuUsers", "/ou-users", "Names of people in the directory, no state."),
		never("ListAdOus", "/ad-ous", "The structure of the directory, no state; it makes the service search the directory."),
		never("ListOuDetails", "/ous", "The structure of the directory, no state."),
		NotCalled{Operation: "ListAppCatalogs", Why: "Names of categories, no state."}.get("/v1/{project_id}/app-center/app-catalogs"),
		NotCalled{Operation: "ListAppAuthorizations", Why: "Who may use an application: names, no state, one call an application."}.get("/v1/{project_id}/app-center/apps/{app_id}/authorizations"),
	}
}
