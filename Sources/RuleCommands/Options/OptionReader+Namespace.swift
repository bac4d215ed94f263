package import Intercept

extension OptionReader {
  /// Refuses the flags that select a namespace, where the rules are those of a file.
  package mutating func refuseNamespace(besideFile file: String?) {
    guard file != nil else { return }
    for option in [OptionName.networkNamespace, .pid, .runtimePod] where options.origin(of: option) == .flag {
      complain(
        OptionProblem("\(option.spelling) selects the kernel's rules: leave it or the file of rules out"))
    }
  }
}
