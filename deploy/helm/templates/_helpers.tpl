{{- define "istio-cni-swift.labels" -}}
app.kubernetes.io/name: istio-cni-swift
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "istio-cni-swift.selector" -}}
app.kubernetes.io/name: istio-cni-swift
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "istio-cni-swift.repairMode" -}}
{{- if not .Values.repair.enabled }}off
{{- else if .Values.repair.repairPods }}repair
{{- else if .Values.repair.deletePods }}delete
{{- else if .Values.repair.labelPods }}label
{{- else }}off
{{- end }}
{{- end }}

{{- define "istio-cni-swift.needsAPI" -}}
{{- if or .Values.readPods.enabled .Values.taintRemoval.enabled (has (include "istio-cni-swift.repairMode" .) (list "delete" "label")) }}true{{ end }}
{{- end }}
