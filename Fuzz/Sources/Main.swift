@preconcurrency import Glibc

/// libFuzzer's loop: calls `test` with one input after the other.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The reader that this process fuzzes: its name is the first argument, the others are libFuzzer's.
@MainActor private var reader: (any FuzzedReader.Type)?

private func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: bytes, count: size))
  MainActor.assumeIsolated {
    guard let reader else { return }
    let start = Oracle.processorTime
    reader.check(input)
    Oracle.expect(
      Oracle.processorTime - start < Oracle.longestTime, "takes more than \(Oracle.longestTime) s", input)
  }
  return 0
}

@main enum Main {
  @MainActor static func main() {
    guard CommandLine.arguments.count > 1 else {
      print(FuzzedReaders.all.map { $0.name }.joined(separator: "\n"))
      return
    }
    let name = CommandLine.arguments[1]
    reader = FuzzedReaders.all.first { $0.name == name }
    guard reader != nil else {
      fputs("error: no reader is named \(name); without arguments, the names are listed\n", stderr)
      exit(64)
    }
    var count = CommandLine.argc - 1
    var arguments = CommandLine.unsafeArgv + 1
    exit(runDriver(&count, &arguments, testOneInput))
  }
}
