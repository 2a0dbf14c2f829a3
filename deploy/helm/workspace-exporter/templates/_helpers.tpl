{{- define "workspace-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "workspace-exporter.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "workspace-exporter.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "workspace-exporter.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "workspace-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "workspace-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "workspace-exporter.labels" -}}
{{ include "workspace-exporter.selectorLabels" . }}
app.kubernetes.io/component: exporter
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "workspace-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "workspace-exporter.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "workspace-exporter.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- /* The Secret of credentials; empty where no key is needed (source: metadata, demo). */}}
{{- define "workspace-exporter.secretName" -}}
{{- if not .Values.demo.enabled }}
{{- if .Values.credentials.existingSecret }}
{{- .Values.credentials.existingSecret }}
{{- else if .Values.credentials.files }}
{{- printf "%s-credentials" (include "workspace-exporter.fullname" .) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "workspace-exporter.configMapName" -}}
{{- default (printf "%s-config" (include "workspace-exporter.fullname" .)) .Values.existingConfigMap }}
{{- end }}

{{- /* The configuration file: values.config, with state in the volume if there is one. */}}
{{- define "workspace-exporter.config" -}}
{{- $config := deepCopy .Values.config }}
{{- if .Values.persistence.enabled }}
{{- $_ := set $config "state" (mergeOverwrite (default (dict) $config.state) (dict "path" "/var/lib/workspace_exporter")) }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{- define "workspace-exporter.probe" -}}
httpGet:
  path: {{ .path }}
  port: http
  scheme: {{ upper .web.scheme }}
  {{- with .web.probeHeaders }}
  httpHeaders:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- with .settings }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* What is mounted; nothing in demo mode. */}}
{{- define "workspace-exporter.volumeMounts" -}}
{{- if not .Values.demo.enabled }}
- name: config
  mountPath: /etc/workspace_exporter/config
  readOnly: true
{{- end }}
{{- if include "workspace-exporter.secretName" . }}
- name: credentials
  mountPath: /etc/workspace_exporter/credentials
  readOnly: true
{{- end }}
{{- if .Values.web.existingSecret }}
- name: web
  mountPath: /etc/workspace_exporter/web
  readOnly: true
{{- end }}
{{- if .Values.persistence.enabled }}
- name: state
  mountPath: /var/lib/workspace_exporter
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end }}

{{- /* The volumes of the mounts. */}}
{{- define "workspace-exporter.volumes" -}}
{{- if not .Values.demo.enabled }}
- name: config
  configMap:
    name: {{ include "workspace-exporter.configMapName" . }}
{{- end }}
{{- if include "workspace-exporter.secretName" . }}
- name: credentials
  secret:
    secretName: {{ include "workspace-exporter.secretName" . }}
    defaultMode: 0440
{{- end }}
{{- if .Values.web.existingSecret }}
- name: web
  secret:
    secretName: {{ .Values.web.existingSecret }}
    defaultMode: 0440
{{- end }}
{{- if .Values.persistence.enabled }}
- name: state
  persistentVolumeClaim:
    claimName: {{ default (include "workspace-exporter.fullname" .) .Values.persistence.existingClaim }}
{{- end }}
{{- with .Values.extraVolumes }}
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end }}
