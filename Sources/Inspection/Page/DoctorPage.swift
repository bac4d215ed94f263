import Intercept
import Pictures

/// The page's frame: head, heading, and the sections one after the other.
struct DoctorPage {
  let pod: Examination
  let diagnosis: Diagnosis
  private let subject: String

  init(_ pod: Examination, _ diagnosis: Diagnosis, _ subject: String) {
    (self.pod, self.diagnosis, self.subject) = (pod, diagnosis, subject)
  }

  /// A section: its anchor, heading and content.
  struct Section {
    let anchor: String
    let title: String
    let content: Markup
  }

  var markup: Markup {
    let sections = [findings, facts, drawing, traces, rules, connections]
    let links = sections.map { section -> Markup in
      "<li><a href=\"#\(section.anchor)\">\(section.title)</a></li>"
    }
    let parts = sections.map { section -> Markup in
      """
      <section id="\(section.anchor)" aria-labelledby="\(section.anchor)-title">
      <h2 id="\(section.anchor)-title">\(section.title)</h2>
      \(section.content)</section>

      """
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      script-src '\(PageScript.hash)'; img-src data:; base-uri 'none'; form-action 'none'">
      <link rel="icon" href="data:,">
      <title>doctor: \(subject)</title>
      <style>\(SVGStyle.page)\(SVGStyle.picture)\(PageStyle.sheet)</style>
      </head>
      <body>
      <a class="skip" href="#findings">Skip to the findings</a>
      <header>
      <h1>\(headline)</h1>
      <p>\(subject)</p>
      <nav aria-label="Sections"><ul>\(links)</ul></nav>
      </header>
      <main>
      \(parts)</main>
      <script>\(PageScript.source)</script>
      </body>
      </html>

      """
  }

  private var headline: String {
    switch diagnosis.findings.count {
    case 0:
      diagnosis.unseen.isEmpty ? "Nothing wrong was found" : "Nothing wrong was found in what could be seen"
    case 1: "1 finding"
    case let count: "\(count) findings"
    }
  }

  /// A picture in a frame that scrolls.
  ///
  /// - Parameter caption: the picture's content in a sentence.
  static func figure(_ graph: Graph, caption: String) -> Markup {
    """
    <figure>
    <div class="scroll" role="region" tabindex="0" aria-label="\(graph.title)">
    \(graph.drawing)</div>
    <figcaption>\(caption)</figcaption>
    </figure>

    """
  }
}
