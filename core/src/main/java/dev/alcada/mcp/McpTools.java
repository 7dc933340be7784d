package dev.alcada.mcp;

import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncListFilter;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpSyncListFilter;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Puts a {@link ToolGuard} around tools of the official MCP Java SDK, in any of its four records:
 * the same tools, one wrap.
 *
 * <pre>{@code
 * McpServer.sync(transport)
 *     .addToolFilter(McpTools.listFilter(guard))
 *     .tools(McpTools.guard(guard, specifications))
 * }</pre>
 *
 * <p>Names, descriptions, schemas, annotations, results, progress and {@code _meta} pass through
 * untouched, with these exceptions:
 *
 * <ul>
 *   <li>A call that the policy does not let through is answered by a result with {@code isError},
 *       the decision as text, and under {@code _meta["dev.alcada/decision"]}; a tool that declares
 *       no output schema also has it as structured content. A handler cannot put anything under
 *       that key.
 *   <li>Whatever a handler throws becomes a result without its message or stack; the guard's
 *       listeners are told the cause. A handler that returns nothing has failed too.
 *   <li>A handler gets the very arguments that were judged, unmodifiable; none are an empty map.
 * </ul>
 *
 * <p>A handler says that it has done nothing by a {@link dev.alcada.guard.NotDoneException}, by a
 * result with {@code _meta["dev.alcada/outcome"]} {@code "not_done"}, or through the guard's {@link
 * dev.alcada.guard.ResultClassifier}. Asynchronous tools hold no thread; a cancelled one stays
 * counted, since nobody knows what it has done. Neither key under {@code _meta} is for a client to
 * set: a handler gets requests without them.
 *
 * <p>The SDK validates a call's arguments against the input schema before any handler: such a call
 * is neither counted nor reported to listeners. {@link Builder#validateInputs} puts that behind the
 * policy.
 *
 * <p>Safe for use by several threads.
 */
@SuppressWarnings("exports") // whoever uses this package requires the SDK already
public final class McpTools {
  private static final Logger LOG = LoggerFactory.getLogger(McpTools.class);

  private final ToolGuard guard;
  private final Callers callers;
  private final @Nullable Elicitation elicitation;
  private final @Nullable JsonSchemaValidator inputValidator;
  private final boolean allowSimilarNames;
  private final Map<String, Tool> tools = new ConcurrentHashMap<>();

  private McpTools(Builder builder) {
    this.guard = builder.guard;
    this.elicitation = builder.elicitation;
    this.inputValidator = builder.inputValidator;
    this.allowSimilarNames = builder.allowSimilarNames;
    this.callers =
        new Callers(builder.callerResolver, builder.unauthenticated, builder.sessionAsGrant);
  }

  /**
   * Returns guarded tools of a synchronous server, as {@link #sync} does. All callers share the
   * grant {@code anonymous}; {@link #builder} can tell them apart.
   *
   * @param guard the guard
   * @param specifications the tools
   * @return the same tools behind the guard
   * @throws IllegalArgumentException if the policy names a tool almost as one of these is named;
   *     see {@link Builder#allowSimilarNames}
   */
  public static List<McpServerFeatures.SyncToolSpecification> guard(
      ToolGuard guard, List<McpServerFeatures.SyncToolSpecification> specifications) {
    return builder(guard).build().sync(specifications);
  }

  /**
   * Returns a filter that leaves hidden tools out of a synchronous server's lists, as {@link
   * #listFilter()} does, for callers that share the grant {@code anonymous}.
   *
   * @param guard the guard
   * @return the filter
   */
  public static McpSyncListFilter<Tool> listFilter(ToolGuard guard) {
    return builder(guard).build().listFilter();
  }

  /**
   * Returns a builder.
   *
   * @param guard the guard
   * @return the builder
   */
  public static Builder builder(ToolGuard guard) {
    return new Builder(guard);
  }

  /**
   * Returns guarded tools of a synchronous server.
   *
   * @param specifications the tools
   * @return the same tools behind the guard, in the same order
   * @throws IllegalArgumentException if the policy names a tool almost as one of these is named;
   *     see {@link Builder#allowSimilarNames}
   */
  public List<McpServerFeatures.SyncToolSpecification> sync(
      List<McpServerFeatures.SyncToolSpecification> specifications) {
    check(specifications, McpServerFeatures.SyncToolSpecification::tool);
    return specifications.stream()
        .map(
            specification -> {
              GuardedTool guarded = guarded(specification.tool());
              return new McpServerFeatures.SyncToolSpecification(
                  specification.tool(),
                  (exchange, request) ->
                      guarded.call(
                          () -> callers.of(exchange),
                          client(exchange),
                          request,
                          judged -> specification.callHandler().apply(exchange, judged)));
            })
        .toList();
  }

  /**
   * Returns guarded tools of an asynchronous server.
   *
   * @param specifications the tools
   * @return the same tools behind the guard, in the same order
   * @throws IllegalArgumentException if the policy names a tool almost as one of these is named;
   *     see {@link Builder#allowSimilarNames}
   */
  public List<McpServerFeatures.AsyncToolSpecification> async(
      List<McpServerFeatures.AsyncToolSpecification> specifications) {
    check(specifications, McpServerFeatures.AsyncToolSpecification::tool);
    return specifications.stream()
        .map(
            specification -> {
              GuardedTool guarded = guarded(specification.tool());
              return new McpServerFeatures.AsyncToolSpecification(
                  specification.tool(),
                  (exchange, request) ->
                      guarded.callAsync(
                          () -> callers.of(exchange),
                          client(exchange),
                          request,
                          judged -> specification.callHandler().apply(exchange, judged)));
            })
        .toList();
  }

  /**
   * Returns guarded tools of a synchronous server without sessions.
   *
   * @param specifications the tools
   * @return the same tools behind the guard, in the same order
   * @throws IllegalArgumentException if the policy names a tool almost as one of these is named;
   *     see {@link Builder#allowSimilarNames}
   */
  public List<McpStatelessServerFeatures.SyncToolSpecification> statelessSync(
      List<McpStatelessServerFeatures.SyncToolSpecification> specifications) {
    check(specifications, McpStatelessServerFeatures.SyncToolSpecification::tool);
    return specifications.stream()
        .map(
            specification -> {
              GuardedTool guarded = guarded(specification.tool());
              return new McpStatelessServerFeatures.SyncToolSpecification(
                  specification.tool(),
                  (context, request) ->
                      guarded.call(
                          () -> callers.of(context),
                          null,
                          request,
                          judged -> specification.callHandler().apply(context, judged)));
            })
        .toList();
  }

  /**
   * Returns guarded tools of an asynchronous server without sessions.
   *
   * @param specifications the tools
   * @return the same tools behind the guard, in the same order
   * @throws IllegalArgumentException if the policy names a tool almost as one of these is named;
   *     see {@link Builder#allowSimilarNames}
   */
  public List<McpStatelessServerFeatures.AsyncToolSpecification> statelessAsync(
      List<McpStatelessServerFeatures.AsyncToolSpecification> specifications) {
    check(specifications, McpStatelessServerFeatures.AsyncToolSpecification::tool);
    return specifications.stream()
        .map(
            specification -> {
              GuardedTool guarded = guarded(specification.tool());
              return new McpStatelessServerFeatures.AsyncToolSpecification(
                  specification.tool(),
                  (context, request) ->
                      guarded.callAsync(
                          () -> callers.of(context),
                          null,
                          request,
                          judged -> specification.callHandler().apply(context, judged)));
            })
        .toList();
  }

  /**
   * Makes one call of a tool through the guard, for a framework that meets its tools only as they
   * are called. It holds no thread. The policy is not compared with the tool; see {@link #check}.
   *
   * @param exchange the client's, by which its caller is told
   * @param tool the tool
   * @param request what the client asks for
   * @param handler gets the very arguments that were judged
   * @return the handler's result, or one that tells of the decision
   */
  public Mono<CallToolResult> call(
      McpAsyncServerExchange exchange,
      Tool tool,
      CallToolRequest request,
      Function<CallToolRequest, Mono<CallToolResult>> handler) {
    return guarded(tool).callAsync(() -> callers.of(exchange), client(exchange), request, handler);
  }

  /**
   * Makes one call of a tool through the guard, as the other method of this name does, on a server
   * without sessions.
   *
   * @param context the transport's, by which its caller is told
   * @param tool the tool
   * @param request what the client asks for
   * @param handler gets the very arguments that were judged
   * @return the handler's result, or one that tells of the decision
   */
  public Mono<CallToolResult> call(
      McpTransportContext context,
      Tool tool,
      CallToolRequest request,
      Function<CallToolRequest, Mono<CallToolResult>> handler) {
    return guarded(tool).callAsync(() -> callers.of(context), null, request, handler);
  }

  /**
   * Returns a filter that leaves the tools the policy hides out of a synchronous server's lists. A
   * hidden tool is denied when called, with or without it. The SDK tells a filter no session, so
   * the caller is the one that the transport's context names.
   *
   * @return the filter
   */
  public McpSyncListFilter<Tool> listFilter() {
    return (context, tool) -> guard.visible(tool.name(), callers.of(context));
  }

  /**
   * Returns the same filter as {@link #listFilter()} for an asynchronous server.
   *
   * @return the filter
   */
  public McpAsyncListFilter<Tool> asyncListFilter() {
    return McpAsyncListFilter.fromSync(listFilter(), true);
  }

  /**
   * Tells a server's clients that its list of tools has changed, after each {@link
   * ToolGuard#replacePolicy}, if the server says that it does so.
   *
   * @param server a server of guarded tools
   */
  public void notifyListChanges(McpSyncServer server) {
    notifyListChanges(server.getAsyncServer());
  }

  /**
   * Tells a server's clients that its list of tools has changed, after each {@link
   * ToolGuard#replacePolicy}, if the server says that it does so.
   *
   * @param server a server of guarded tools
   */
  public void notifyListChanges(McpAsyncServer server) {
    ServerCapabilities.ToolCapabilities tools = server.getServerCapabilities().tools();
    if (tools != null && Boolean.TRUE.equals(tools.listChanged())) {
      guard.onReplaced(
          policy ->
              server
                  .notifyToolsListChanged()
                  .subscribe(
                      done -> {},
                      e ->
                          LOG.warn("Clients could not be told that the list of tools changed", e)));
    }
  }

  /**
   * Compares the policy in force with the tools it is put on, as the methods that wrap tools do:
   * for whoever has nothing to wrap, such as a proxy, and again after a policy or a list of tools
   * has changed. Nothing is remembered from one call to the next.
   *
   * @param tools all tools that can be called
   * @return what does not fit, a line each: names in the policy that match no tool, and judged
   *     arguments that a closed input schema does not have. None if the guard asks a {@link
   *     dev.alcada.guard.PolicySource}
   * @throws IllegalArgumentException if the policy names a tool almost as one of these is named;
   *     see {@link Builder#allowSimilarNames}
   */
  public List<String> check(Collection<Tool> tools) {
    Policy policy = guard.policy();
    if (policy == null) {
      return List.of();
    }
    ToolCheck check = ToolCheck.of(policy, tools);
    if (!check.errors().isEmpty() && !allowSimilarNames) {
      throw new IllegalArgumentException(
          "The policy allows what it does not list, and "
              + String.join("; ", check.errors())
              + " Correct the name, or allow similar names.");
    }
    return Stream.concat(check.errors().stream(), check.warnings().stream()).toList();
  }

  private GuardedTool guarded(Tool tool) {
    return new GuardedTool(guard, elicitation, inputValidator, tool);
  }

  private static @Nullable Function<ElicitFormRequest, ElicitResult> client(
      McpSyncServerExchange exchange) {
    return Elicitation.possible(exchange.getClientCapabilities())
        ? exchange::createElicitation
        : null;
  }

  private static @Nullable Function<ElicitFormRequest, Mono<ElicitResult>> client(
      McpAsyncServerExchange exchange) {
    return Elicitation.possible(exchange.getClientCapabilities())
        ? exchange::createElicitation
        : null;
  }

  /** Compares the policy with every tool seen so far, since tools may come in several lists. */
  private <S> void check(List<S> specifications, Function<S, Tool> toTool) {
    for (S specification : specifications) {
      Tool tool = toTool.apply(specification);
      tools.put(tool.name(), tool);
    }
    check(tools.values()).forEach(LOG::warn);
  }

  /** Makes {@link McpTools}. Not safe for use by several threads. */
  public static final class Builder {
    private final ToolGuard guard;
    private CallerResolver callerResolver = context -> null;
    private String unauthenticated = "anonymous";
    private boolean sessionAsGrant;
    private boolean allowSimilarNames;
    private @Nullable Elicitation elicitation;
    private @Nullable JsonSchemaValidator inputValidator;

    private Builder(ToolGuard guard) {
      this.guard = Objects.requireNonNull(guard, "guard");
    }

    /**
     * Sets what tells callers apart: their grant and attributes. Unless set, and for callers it
     * does not know, the grant is one constant that all of them share. Every caller also has its
     * MCP session's identifier as its session, and the attribute {@code client_name}, which is what
     * the client calls itself and worth no more than that.
     *
     * @param resolver the resolver
     * @return this builder
     */
    public Builder callerResolver(CallerResolver resolver) {
      callerResolver = Objects.requireNonNull(resolver, "resolver");
      return this;
    }

    /**
     * Says that the transport is standard input and output: the constant grant is then {@code
     * local} instead of {@code anonymous}. The SDK does not tell a tool which transport it serves.
     *
     * @return this builder
     */
    public Builder stdio() {
      unauthenticated = "local";
      return this;
    }

    /**
     * Makes the MCP session's identifier the grant of callers that the resolver does not know,
     * where there are sessions. A client that reconnects has a new session, and with it starts all
     * its counts anew: such limits hold back an agent stuck in a loop, not one that means to get
     * past them. Lists are made without a session, for the constant grant.
     *
     * @return this builder
     */
    public Builder sessionAsGrant() {
      sessionAsGrant = true;
      return this;
    }

    /**
     * Allows a policy whose default is to allow to name a tool that is not there, although one is
     * that differs in case or by one character added, left out, replaced or swapped. Unless set,
     * wrapping fails, because such a name is most likely misspelt and leaves the tool open. What
     * else does not fit, names that match no tool and judged arguments that a closed input schema
     * does not have, is logged as a warning.
     *
     * @return this builder
     */
    public Builder allowSimilarNames() {
      allowSimilarNames = true;
      return this;
    }

    /**
     * Asks the person at the client to approve a call that needs it, by the protocol's elicitation
     * with a form that shows the tool, the reasons and the arguments as {@link
     * Approvals.Builder#redaction} leaves them. It is asked only of clients that say they can show
     * a form, and only on servers with sessions.
     *
     * <p>Accepting with the box ticked is a yes, and the call runs at once; declining, or accepting
     * with the box not ticked, is a no; cancelling, silence and errors leave the request pending
     * for others. Use this only where the client may be trusted to show the form to a person: the
     * protocol has no proof that it did, and the approver on record is {@code elicitation}.
     *
     * <p>On a synchronous server this holds the thread of the call until the answer; an
     * asynchronous one holds none. Two time-outs end the wait: {@code requestTimeout} of the SDK's
     * server (unless set, 10 seconds on a synchronous and 10 hours on an asynchronous one) and
     * {@code requestTimeout} of the client that calls the tool (20 seconds with the SDK's, unless
     * set); set both to what a person needs. After the client's, a yes still serves the same call
     * made again. The guard's {@link ToolGuard.Builder#approvalPatience} should be zero, or it
     * comes before the question.
     *
     * @param approvals the approvals that the guard was given
     * @return this builder
     */
    public Builder elicitApprovals(Approvals approvals) {
      elicitation = new Elicitation(Objects.requireNonNull(approvals, "approvals"));
      return this;
    }

    /**
     * Validates arguments against a tool's input schema behind the policy instead of before it: a
     * call that the policy denies is denied and reported whatever its arguments look like, and one
     * whose arguments do not fit is answered by the SDK's own result, neither counted nor reported,
     * and nobody is asked about it. Switch the SDK's validation off with {@code
     * validateToolInputs(false)} on its server's builder; with that alone nothing is validated.
     *
     * @param validator the validator, for example {@code McpJsonDefaults.getSchemaValidator()}
     * @return this builder
     */
    public Builder validateInputs(JsonSchemaValidator validator) {
      inputValidator = Objects.requireNonNull(validator, "validator");
      return this;
    }

    /** {@return the guarded tools' maker} */
    public McpTools build() {
      return new McpTools(this);
    }
  }
}
