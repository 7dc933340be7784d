package dev.alcada.examples;

import io.quarkiverse.mcp.server.Tool;

/** Two tools, of which one was forgotten; the policy lists the forgotten one. */
public class QuarkusHalfGuarded {
  @Tool(description = "Lacks the annotation")
  String forgotten() {
    return "ran";
  }

  @QuarkusGuarded
  @Tool(description = "Is in no rule")
  final String governed() {
    return "ran";
  }
}
