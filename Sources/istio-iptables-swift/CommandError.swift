import ArgumentParser

/// An error that is not a mistake in the options: a message, and an exit status.
struct CommandError: Error, CustomStringConvertible {
  let description: String
  let status: ExitCode

  init(_ description: String, status: ExitCode = .failure) {
    self.description = description
    self.status = status
  }
}
