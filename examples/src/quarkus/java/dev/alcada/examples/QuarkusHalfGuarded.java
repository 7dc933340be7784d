package dev.alcada.examples;

import dev.alcada.examples.quarkus.Guarded;
import io.quarkiverse.mcp.server.Tool;

/** Two tools, of which one was forgotten; the policy lists the forgotten one. */
public class QuarkusHalfGuarded {
  @Tool(description = "Lacks the annotation")
  String forgotten() {
    return "ran";
  }

  @Guarded
  @Tool(description = "Is in no rule")
  final String governed() {
    return "ran";
  }
}
