package dev.alcada.examples.gateway;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.AsyncToolHandler;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The upstream's tools as one caller may use them. Thread-safe. */
final class GuardedTools {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final Set<String> NOT_BEGUN =
      Set.of(
          String.valueOf(Message.PARSE_ERROR),
          String.valueOf(Message.INVALID_REQUEST),
          String.valueOf(Message.METHOD_NOT_FOUND),
          String.valueOf(Message.INVALID_PARAMS));

  private static final Set<DecisionCode> NOT_AS_PINNED =
      Set.of(DecisionCode.TOOL_CHANGED, DecisionCode.TOOL_UNPINNED);

  private final Settings settings;
  private final ToolGuard guard;
  private final KnownTools known;
  private final Caller caller;
  private final ToUpstream upstream;
  private final ToClient client;
  private final Link link;
  private final Executor worker;

  /** An upstream's answer to a call, and whether it says that surely nothing was done. */
  private record Answered(Message.Answer answer, boolean nothingDone) {
    /** Whether the call has failed, or has not ended yet, so that it permits nothing. */
    boolean isError() {
      return answer.error() != null
          || Json.object(answer.result()).get("task") != null
          || Boolean.TRUE.equals(Json.object(answer.result()).get("isError"));
    }

    /** What the tool says: its structured content, or the text that is all there is. */
    @Nullable Object content() {
      Map<String, @Nullable Object> result = Json.object(answer.result());
      if (result.get("structuredContent") != null) {
        return result.get("structuredContent");
      }
      return result.get("content") instanceof List<?> all && all.size() == 1
          ? Json.object(all.get(0)).get("text")
          : null;
    }
  }

  GuardedTools(
      Settings settings,
      KnownTools known,
      Caller caller,
      ToUpstream upstream,
      ToClient client,
      Link link,
      Executor worker) {
    this.settings = settings;
    this.guard = settings.guard();
    this.known = known;
    this.caller = caller;
    this.upstream = upstream;
    this.client = client;
    this.link = link;
    this.worker = worker;
  }

  /** Reads the upstream's list anew; what asks for tools from now on waits for it. */
  CompletionStage<UpstreamTools> refresh() {
    return known.refresh();
  }

  /** What is known of the upstream's tools may not hold any more. */
  void forget() {
    known.forget();
  }

  /** Nobody calls the tools any more. */
  void close() {
    known.close();
  }

  /** {@return whether an upstream said of this very call that nothing was done} */
  static boolean nothingDone(ToolCall call, @Nullable Object result) {
    return result instanceof Answered answered && answered.nothingDone();
  }

  /** Handles {@code tools/list}: without the tools that the policy hides. */
  CompletionStage<Message.Answer> list(Exchange exchange, @Nullable Object params) {
    return known
        .get()
        .thenComposeAsync(
            fitting -> upstream.forward(exchange, Methods.TOOLS_LIST, params, null), worker)
        .thenApply(this::visible);
  }

  private Message.Answer visible(Message.Answer response) {
    Message.Answer cleaned = Relay.cleaned(response);
    if (cleaned.error() != null) {
      return cleaned;
    }
    Map<String, @Nullable Object> result = Json.object(cleaned.result());
    result.put("tools", Json.list(result.get("tools")).stream().filter(this::visible).toList());
    return Message.Answer.result(response.id(), result);
  }

  // A list may say of a tool what the one before it did not.
  @SuppressWarnings("FutureReturnValueIgnored") // whoever needs the new list waits for it
  private boolean visible(@Nullable Object tool) {
    Map<String, @Nullable Object> fields = Json.object(tool);
    if (!(fields.get("name") instanceof String name) || !guard.visible(name, caller)) {
      return false;
    } else if (!settings.fit().whole()) {
      return true;
    }
    boolean shown = guard.visible(UpstreamTools.definition(fields), caller);
    if (!shown) {
      known.refresh();
    }
    return shown;
  }

  /** Handles {@code tools/call}. */
  CompletionStage<Message.Answer> call(Exchange exchange, @Nullable Object given) {
    Map<String, @Nullable Object> params = Json.object(given);
    Object arguments = params.get("arguments");
    if (!(params.get("name") instanceof String name)
        || !(arguments == null || arguments instanceof Map<?, ?>)) {
      return CompletableFuture.completedStage(
          Message.Answer.error(
              null,
              Message.INVALID_PARAMS,
              "tools/call needs a name and, if any, arguments that are an object"));
    }
    ToolCall call = ToolCall.of(name, Json.object(arguments), caller);
    // Denied before arguments matter, so that a hidden tool's schema says nothing either. Whether a
    // tool is as it was pinned, its list tells.
    CompletionStage<Message.Answer> answer =
        guard.coverage(List.of(name), caller).get(0).denied() && !notAsPinned(call)
            ? deny(call)
            : known
                .with(name)
                .thenComposeAsync(tools -> call(exchange, params, call, tools), worker);
    return answer.exceptionally(GuardedTools::unanswered);
  }

  // Reported like any other denial, and whether or not the upstream's list can be had.
  private CompletionStage<Message.Answer> deny(ToolCall call) {
    return known
        .get()
        .handleAsync(
            (tools, thrown) -> tools != null && !tools.hasOutputSchema(call.tool()), worker)
        .thenCompose(
            structured ->
                guard
                    .<Answered>callAsync(
                        call,
                        judged ->
                            CompletableFuture.failedFuture(
                                new NotDoneException("the policy has just changed")))
                    .thenApply(outcome -> answer(outcome, structured)));
  }

  private CompletionStage<Message.Answer> call(
      Exchange exchange, Map<String, @Nullable Object> params, ToolCall call, UpstreamTools tools) {
    if (exchange.cancelled()) {
      // Not judged at all, so that it holds no other call's place and asks nobody for a yes.
      return CompletableFuture.failedStage(new NotDoneException(Exchange.CANCELLED));
    } else if (!tools.has(call.tool())) {
      // A server may answer to more names than it lists, and no rule would know them.
      return CompletableFuture.completedStage(
          Message.Answer.error(null, Message.INVALID_PARAMS, "Unknown tool"));
    }
    if (notAsPinned(call)) {
      // Somebody may have accepted it meanwhile.
      settings.fit().reread();
    }
    boolean structured = !tools.hasOutputSchema(call.tool());
    return run(exchange, params, call, tools)
        .thenCompose(outcome -> afterTheForm(outcome, exchange, params, call, tools))
        .thenApply(outcome -> answer(outcome, structured));
  }

  private boolean notAsPinned(ToolCall call) {
    if (guard.pins() == null) {
      return false;
    }
    DecisionCode code = guard.check(call).code();
    return code != null && NOT_AS_PINNED.contains(code);
  }

  private CompletionStage<Outcome<Answered>> run(
      Exchange exchange, Map<String, @Nullable Object> params, ToolCall call, UpstreamTools tools) {
    return link.up()
        .handleAsync(
            (there, gone) ->
                guard.callAsync(
                    call,
                    judged -> instead(judged, tools, gone),
                    AsyncToolHandler.reading(
                        judged -> pass(exchange, params, judged),
                        Answered::isError,
                        Answered::content)),
            worker)
        .thenCompose(outcome -> outcome);
  }

  /**
   * What the rules deny is told so whether or not there is an upstream; what they let through and
   * cannot be made is not counted.
   */
  private @Nullable Answered instead(ToolCall call, UpstreamTools tools, @Nullable Throwable gone) {
    String invalid = invalid(call, tools);
    if (invalid != null) {
      return new Answered(errorResult("Invalid arguments: " + invalid), true);
    }
    return gone == null ? null : new Answered(unanswered(gone), true);
  }

  /** Where the person at the client is asked and answers at once, the same call is made again. */
  private CompletionStage<Outcome<Answered>> afterTheForm(
      Outcome<Answered> outcome,
      Exchange exchange,
      Map<String, @Nullable Object> params,
      ToolCall call,
      UpstreamTools tools) {
    Forms forms = settings.forms();
    return forms == null || !(outcome instanceof Outcome.ApprovalRequired<Answered>)
        ? CompletableFuture.completedStage(outcome)
        : forms
            .ask(outcome.decision(), exchange, client)
            .thenComposeAsync(
                again ->
                    again
                        ? run(exchange, params, call, tools)
                        : CompletableFuture.completedStage(outcome),
                worker);
  }

  // Where no rule reads the arguments, the upstream alone checks them.
  private @Nullable String invalid(ToolCall call, UpstreamTools tools) {
    return settings.checkSchemas() && settings.fit().judges(call.tool())
        ? tools.invalid(call.tool(), call.arguments())
        : null;
  }

  // The gateway's own serialisation of what was judged, never the client's text.
  private CompletionStage<Answered> pass(
      Exchange exchange, Map<String, @Nullable Object> params, ToolCall judged) {
    Map<String, @Nullable Object> passed = new LinkedHashMap<>();
    passed.put("name", judged.tool());
    if (params.get("arguments") != null) {
      passed.put("arguments", judged.arguments());
    }
    for (String beside : List.of("task", Meta.NAME)) {
      if (params.get(beside) != null) {
        passed.put(beside, params.get(beside));
      }
    }
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    String secret = HexFormat.of().formatHex(random);
    long asked = client.asked();
    Duration lease = settings.fit().lease(judged.tool());
    CompletionStage<Message.Answer> answered =
        upstream.forward(exchange, Methods.TOOLS_CALL, passed, secret);
    return (lease == null ? answered : Unended.end(exchange, lease, answered))
        .thenApply(
            answer -> new Answered(answer, nothingDone(answer, secret, client.asked() == asked)));
  }

  // JSON-RPC has some errors for a request that was not begun; servers make others of whatever a
  // tool throws, with its code, and say by one of them, after the tool has run, that its output
  // does not fit its schema. And a server that has asked its client something may only hand on the
  // error that it was answered. A mark counts for the one call it was made for: no client has set
  // it, and who only repeats what he is sent does not make it.
  private static boolean nothingDone(Message.Answer answer, String secret, boolean askedNothing) {
    Map<String, @Nullable Object> error = Json.object(answer.error());
    String said = String.valueOf(error.get("message")).toLowerCase(Locale.ROOT);
    return answer.error() != null
        ? askedNothing
            && NOT_BEGUN.contains(String.valueOf(error.get("code")))
            && !said.contains("output")
        : secret.equals(Meta.get(answer.result(), Meta.NOT_DONE));
  }

  private static Message.Answer answer(Outcome<Answered> outcome, boolean structured) {
    if (outcome instanceof Outcome.Completed<Answered> completed) {
      return Relay.cleaned(completed.value().answer());
    }
    Decision decision = outcome.decision();
    Map<String, @Nullable Object> result = Json.object(errorResult(decision.text()).result());
    if (structured) {
      // Some clients show a model this alone.
      Map<String, @Nullable Object> shown = new LinkedHashMap<>();
      shown.put("message", decision.text());
      shown.putAll(decision.metadata());
      result.put("structuredContent", shown);
    }
    return Message.Answer.result(null, Meta.with(result, Meta.DECISION, decision.metadata()));
  }

  static Message.Answer unanswered(Throwable thrown) {
    return errorResult("The tool did not answer: " + Failures.reason(thrown));
  }

  private static Message.Answer errorResult(String text) {
    return Message.Answer.result(
        null, Map.of("content", List.of(Map.of("type", "text", "text", text)), "isError", true));
  }
}
