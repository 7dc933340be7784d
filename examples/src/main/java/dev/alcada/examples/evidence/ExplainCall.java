package dev.alcada.examples.evidence;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Explanation;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says rule by rule how a policy judges a call of which nothing has been counted yet. */
@Command(
    name = "explain",
    sortOptions = false,
    description = "Says rule by rule how a policy judges a call; nothing has been counted yet.",
    footer = {
      "",
      "The call is a JSON object, of which only \"tool\" is needed:",
      "  {\"tool\": \"create_charge\", \"arguments\": {\"amount\": 50},",
      "   \"caller\": {\"grant\": \"agent-7\", \"session\": \"s-1\", \"client\": \"web\",",
      "              \"attributes\": {\"role\": \"clerk\"}}}",
      "",
      "Exits with 0 if the call is allowed, with 3 if it is denied, with 4 if a person is asked.",
      "",
      "Example:",
      "  explain policy.yaml --call call.json",
    })
public final class ExplainCall implements Callable<Integer> {
  private static final Set<String> MEMBERS = Set.of("tool", "arguments", "caller");
  private static final Set<String> OF_CALLER = Set.of("grant", "session", "client", "attributes");

  @Parameters(paramLabel = "FILE", description = "the policy, JSON or YAML")
  private Path policy = Path.of("policy.json");

  @Option(names = "--call", required = true, paramLabel = "FILE", description = "the call, JSON")
  private Path call = Path.of("call.json");

  @Option(names = "--values", description = "show the values that were looked at")
  private boolean values;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    ToolGuard guard = ToolGuard.builder(Policy.load(policy)).build();
    ToolCall read = read(Json.object(Files.readString(call)));
    Explanation explanation = values ? guard.explainWithValues(read) : guard.explain(read);
    PrintWriter out = spec.commandLine().getOut();
    out.println(explanation);
    out.flush();
    Decision decision = explanation.decision();
    return decision instanceof Decision.Allowed ? 0 : decision instanceof Decision.Denied ? 3 : 4;
  }

  private ToolCall read(Map<String, @Nullable Object> json) {
    known(json, MEMBERS, "the call");
    return ToolCall.of(
        text(json, "tool", null), object(json, "arguments"), caller(object(json, "caller")));
  }

  private Caller caller(Map<String, @Nullable Object> json) {
    known(json, OF_CALLER, "its caller");
    Caller caller = Caller.grant(text(json, "grant", "explain"));
    if (json.get("session") != null) {
      caller = caller.withSession(text(json, "session", null));
    }
    if (json.get("client") != null) {
      caller = caller.withClient(text(json, "client", null));
    }
    for (Map.Entry<String, @Nullable Object> each : object(json, "attributes").entrySet()) {
      caller = caller.withAttribute(each.getKey(), each.getValue());
    }
    return caller;
  }

  private void known(Map<String, ?> json, Set<String> members, String what) {
    List<String> unknown = json.keySet().stream().filter(name -> !members.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          call
              + ": "
              + what
              + " has "
              + unknown
              + ", expected of "
              + new java.util.TreeSet<>(members));
    }
  }

  private String text(Map<String, @Nullable Object> json, String name, @Nullable String otherwise) {
    Object value = json.get(name);
    if (value instanceof String text) {
      return text;
    } else if (value == null && otherwise != null) {
      return otherwise;
    }
    throw new IllegalArgumentException(call + ": expected a text for \"" + name + "\"");
  }

  @SuppressWarnings("unchecked") // a JSON object is a map by texts
  private Map<String, @Nullable Object> object(Map<String, @Nullable Object> json, String name) {
    Object value = json.get(name);
    if (value == null) {
      return Map.of();
    } else if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw new IllegalArgumentException(call + ": expected an object for \"" + name + "\"");
  }
}
