/// An error that is not a mistake in the options: a message, and an exit status.
package struct CommandError: Error, CustomStringConvertible {
  package let description: String
  package let status: ExitStatus

  package init(_ description: String, status: ExitStatus = .failure) {
    self.description = description
    self.status = status
  }
}
