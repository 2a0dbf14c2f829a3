# The user that the exporter polls with: it may read the Workspace of the given
# regions and nothing else, and has no password.
#
# Written after the provider's documentation; it has been formatted and parsed, but not applied.
terraform {
  required_version = ">= 1.3"
  required_providers {
    huaweicloud = {
      source  = "huaweicloud/huaweicloud"
      version = ">= 1.60, < 2.0"
    }
  }
}

# Takes HW_ACCESS_KEY and HW_SECRET_KEY of an administrator from the environment.
provider "huaweicloud" {
  region = var.regions[0]
}

# The projects that have the names of the regions.
data "huaweicloud_identity_projects" "region" {
  for_each = toset(var.regions)
  name     = each.value
}

# The classic custom policy, as `deploy/iam` has it for each group of collectors.
resource "huaweicloud_identity_role" "reader" {
  for_each    = toset(var.policies)
  name        = "${var.name}-${each.value}"
  description = "What the ${each.value} collectors of workspace_exporter read"
  type        = "XA"
  policy      = file("${path.module}/../iam/classic-${each.value}.json")
}

resource "huaweicloud_identity_group" "reader" {
  name        = var.name
  description = "Reads Workspace for monitoring"
}

resource "huaweicloud_identity_group_role_assignment" "reader" {
  for_each   = { for pair in setproduct(var.policies, var.regions) : join("/", pair) => pair }
  group_id   = huaweicloud_identity_group.reader.id
  role_id    = huaweicloud_identity_role.reader[each.value[0]].id
  project_id = data.huaweicloud_identity_projects.region[each.value[1]].projects[0].id
}

# Limits of the API count per user, so nothing else should use this one.
resource "huaweicloud_identity_user" "reader" {
  name        = var.name
  description = "workspace_exporter"
  access_type = "programmatic"
  enabled     = true
}

resource "huaweicloud_identity_group_membership" "reader" {
  group = huaweicloud_identity_group.reader.id
  users = [huaweicloud_identity_user.reader.id]
}

# The keys go to the file and not into the state.
resource "huaweicloud_identity_access_key" "reader" {
  user_id     = huaweicloud_identity_user.reader.id
  description = "workspace_exporter"
  secret_file = var.secret_file
}
