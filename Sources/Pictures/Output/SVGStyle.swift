/// The style sheet of pictures, in light and dark colours. All pairs of text and ground have a contrast of at least 4.5 to 1.
package enum SVGStyle {
  /// The colours, as variables of CSS.
  package static let page: Markup = """
    :root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #818b98; \
    --box: #f6f8fa; --path: #0a5fc2; --path-ground: #dceafd; --problem: #b3202c; --problem-ground: #ffe3e1; \
    --good: #1a6b31; }
    @media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; \
    --line: #656c76; --box: #161b22; --path: #79b8ff; --path-ground: #12315a; --problem: #ff8f87; \
    --problem-ground: #4b1517; --good: #56d364; } }
    @media print { :root { --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #666666; --box: #ffffff; \
    --path: #003f8a; --path-ground: #e4effd; --problem: #8f0f1b; --problem-ground: #fbe6e5; --good: #0b4f1f; } }

    """

  /// The elements of a picture.
  package static let picture: Markup = """
    .graph { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
    .graph text { fill: var(--ink); }
    .graph .paper { fill: var(--paper); }
    .graph text.group, .graph text.frame { font: bold 14px system-ui, sans-serif; }
    .graph text.title { font-weight: bold; }
    .graph text.caption, .graph text.label { fill: var(--soft); }
    .graph text.badge { fill: var(--path); font-weight: bold; text-anchor: end; }
    .graph .box { fill: var(--box); stroke: var(--line); }
    .graph .hook .box, .graph .process .box { stroke: var(--ink); stroke-width: 2; }
    .graph .outside .box { stroke-dasharray: 5 3; }
    .graph rect.frame { fill: none; stroke: var(--line); stroke-width: 2; }
    .graph .stripe { fill: none; pointer-events: all; }
    .graph .arrow path { fill: none; stroke: var(--line); stroke-width: 1.4; }
    .graph .arrow polygon { fill: var(--line); }
    .graph .faded text { fill: var(--soft); }
    .graph .arrow.faded path { stroke-dasharray: 2 3; }
    .graph .path > .box { stroke: var(--path); stroke-width: 2; }
    .graph .line.path .stripe { fill: var(--path-ground); }
    .graph .line.path text { fill: var(--ink); font-weight: bold; }
    .graph .line.path text.badge { fill: var(--path); }
    .graph .arrow.path path { stroke: var(--path); stroke-width: 3; }
    .graph .arrow.path polygon { fill: var(--path); }
    .graph .problem > .box { stroke: var(--problem); stroke-width: 2; }
    .graph .line.problem .stripe { fill: var(--problem-ground); }
    .graph .line.problem text { fill: var(--problem); }
    .graph .arrow.problem path { stroke: var(--problem); stroke-width: 2; }
    .graph .arrow.problem polygon { fill: var(--problem); }
    .graph .line.current .stripe { stroke: var(--path); stroke-width: 2; }

    """
}
