import Manifests
import Measuring

/// Time to read and lint the objects of a cluster: `swift run -c release lint-benchmark`.
@main enum LintBenchmark {
  static func main() throws {
    for objectCount in [1_000, 10_000] { try measure(ClusterText(objectCount: objectCount)) }
  }

  private static func measure(_ cluster: ClusterText) throws {
    let text = cluster.text
    let rounds = max(3, 20_000 / cluster.objectCount)
    let reading = try fastest(of: rounds) { try ObjectList(text).kinds.count }
    let list = try ObjectList(text)
    let lint = try Lint()
    let looking = fastest(of: rounds) { lint.findings(in: list).findings.count }
    print(
      "\(list.kinds.count) objects, \(text.utf8.count >> 20) MiB:",
      "read in \(reading / list.kinds.count), looked at in \(looking / list.kinds.count) an object;",
      "together \(reading + looking)")
  }
}
