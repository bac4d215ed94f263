import ArgumentParser

/// Something went wrong that is not the command line's fault: one line, and an exit status.
struct CommandError: Error, CustomStringConvertible {
  let description: String
  let status: ExitCode

  init(_ description: String, status: ExitCode = .failure) {
    self.description = description
    self.status = status
  }
}
