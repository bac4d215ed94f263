import Pictures

/// The page's script: it moves through the steps of a trace, and marks the step and its rule in the picture.
enum PageScript {
  /// The Content Security Policy's source expression of ``source``: its SHA-256 in base64.
  static let hash = "sha256-Z7snlCpz3Bvz0b0xOOb/gt3U9V2yf5QZG57TfwNWpLo="

  static let source: Markup = """
    "use strict";
    const traces = [...document.querySelectorAll("details.trace")];
    const show = (trace, step) => {
      for (const old of trace.querySelectorAll(".current")) {
        old.classList.remove("current");
        old.removeAttribute("aria-current");
      }
      const steps = [...trace.querySelectorAll(".steps > li")];
      trace.open = true;
      trace.dataset.at = steps.indexOf(step);
      step.classList.add("current");
      step.setAttribute("aria-current", "step");
      step.scrollIntoView({ block: "nearest" });
      for (const line of trace.querySelectorAll(".graph .line")) {
        if (step.dataset.key && line.dataset.key === step.dataset.key) { line.classList.add("current"); }
      }
      trace.querySelector("[role=status]").textContent =
        `Step ${steps.indexOf(step) + 1} of ${steps.length}: ${step.innerText}`;
    };
    const follow = () => {
      const step = location.hash && document.getElementById(location.hash.slice(1));
      const trace = step && step.closest("details.trace");
      if (trace && step !== trace) { show(trace, step); } else if (trace) { trace.open = true; }
    };
    traces.forEach((trace, index) => {
      trace.open = index === 0;
      trace.querySelector(".controls").hidden = false;
      for (const button of trace.querySelectorAll("button")) {
        button.addEventListener("click", () => {
          const steps = trace.querySelectorAll(".steps > li");
          const at = Number(trace.dataset.at ?? -1) + Number(button.dataset.move);
          if (steps.length) { show(trace, steps[Math.min(Math.max(at, 0), steps.length - 1)]); }
        });
      }
    });
    addEventListener("hashchange", follow);
    addEventListener("beforeprint", () => traces.forEach((trace) => { trace.open = true; }));
    follow();
    """
}
