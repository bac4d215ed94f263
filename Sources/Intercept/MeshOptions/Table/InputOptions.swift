extension OptionRow {
  /// The options of messages, and of manifests to read.
  static var inputOptions: [OptionRow] {
    [
      // Logging.
      OptionRow(
        .logOutputLevel, "log_output_level", .value("level"), "debug, info, warn, error, fatal or none.",
        default: "info", in: .logging, of: .all),
      OptionRow(
        .logAsJSON, "log_as_json", .toggle, "Messages as JSON, one object a line.", in: .logging, of: .all),

      // Pod.
      OptionRow(
        .pod, "pod", .value(.file), "Take the options from this pod or workload: YAML or JSON.", in: .pod,
        of: [.ofPod, .accessLog]),
      OptionRow(
        .podName, "name", .value("name"), "The pod, where the file has several: NAME or NAMESPACE/NAME.",
        in: .pod, of: [.ofPod, .accessLog]),
      OptionRow(
        .meshValues, "mesh-values", .value(.file), "The mesh's settings: Istio's Helm values.", in: .pod,
        of: [.ofPod, .lint, .accessLog]),
      OptionRow(
        .showOptions, "show-options", .toggle, "Print the options and their sources, nothing else.",
        in: .pod, of: .ofPod),
    ]
  }
}
