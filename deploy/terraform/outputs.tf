output "access_key" {
  description = "The access key (AK); its secret key is in secret_file."
  value       = huaweicloud_identity_access_key.reader.id
}

output "project_ids" {
  description = "For project_id of each project, which saves the exporter from asking IAM."
  value       = { for region, found in data.huaweicloud_identity_projects.region : region => found.projects[0].id }
}
