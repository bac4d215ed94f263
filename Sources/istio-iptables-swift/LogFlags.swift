import ArgumentParser

/// Istio's logging flags. They have no variables.
struct LogFlags: ParsableArguments {
  @Option(
    name: .customLong("log_output_level"), parsing: .unconditional,
    help: "The least that is worth a line: debug, info, warn, error, fatal or none. (default: default:info)")
  var logOutputLevel: String?

  @Option(name: .customLong("log_as_json"), help: .toggle("Write each message as a JSON object."))
  var logAsJSON: String?

  @Option(
    name: .customLong("log_target"), parsing: .unconditional,
    help: """
      Accepted, as are log_caller, log_stacktrace_level, log_rotate, log_rotate_max_age, log_rotate_max_backups, \
      log_rotate_max_size and vklog: messages go to the standard error stream always.
      """)
  var logTarget: String?

  @Option(
    name: [
      .customLong("log_caller"), .customLong("log_stacktrace_level"), .customLong("log_rotate"),
      .customLong("log_rotate_max_age"), .customLong("log_rotate_max_backups"),
      .customLong("log_rotate_max_size"), .customLong("vklog"),
    ], parsing: .unconditional,
    help: ArgumentHelp("Accepted; there is nothing here that they could change.", visibility: .hidden))
  var others: String?
}
