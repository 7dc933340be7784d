package dev.alcada.mcp;

import dev.alcada.advice.PolicyCheck;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Coverage;
import dev.alcada.guard.ToolGuard;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Puts a {@link ToolGuard} around tools of the official MCP Java SDK, in any of its four records:
 * the same tools, one wrap.
 *
 * <pre>{@code
 * McpTools tools =
 *     McpTools.builder(guard).callerResolver(CallerResolver.principal("principal")).build();
 * McpSyncServer server = tools.install(McpServer.sync(transport), specifications).build();
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
 * <p>So does a handler that lets out what the SDK's client throws where another server refused to
 * run its tool, or was never reached: a {@link io.modelcontextprotocol.spec.McpError} by which
 * JSON-RPC answers a request that was not begun (-32700, -32600, -32601, -32602, this one unless
 * its message speaks of an output; servers make other codes of whatever a tool throws), or a {@link
 * java.net.ConnectException}. A handler that has done something before it asks another server has
 * to catch these. What the calling client answers to a handler's own question (sampling,
 * elicitation) never says so.
 *
 * <p>The SDK validates a call's arguments against the input schema before any handler: such a call
 * is neither counted nor reported to listeners. {@link #install} and {@link Builder#validateInputs}
 * put that behind the policy.
 *
 * <p>Where the guard has {@linkplain ToolGuard.Builder#pins pins}, it is told how the tools are
 * now, as they are wrapped: one that is not as a person has accepted it is neither listed nor run.
 *
 * <p>Safe for use by several threads.
 */
@SuppressWarnings("exports") // whoever uses this package requires the SDK already
public final class McpTools {
  private static final Logger LOG = LoggerFactory.getLogger(McpTools.class);

  private final ToolGuard guard;
  private final Callers callers;
  private final AtomicBoolean reloadsChecked = new AtomicBoolean();
  private final Wrapping wrapping;
  private final @Nullable Elicitation elicitation;
  private final @Nullable JsonSchemaValidator inputValidator;
  private final boolean allowSimilarNames;
  private final boolean onlyListed;
  private final Map<String, Tool> tools = new ConcurrentHashMap<>();
  private final Definitions definitions;
  private final Set<String> ungoverned = ConcurrentHashMap.newKeySet();

  private McpTools(Builder builder) {
    this.guard = builder.guard;
    this.definitions = new Definitions(guard);
    this.inputValidator = builder.inputValidator;
    this.allowSimilarNames = builder.allowSimilarNames;
    this.onlyListed = builder.onlyListed;
    this.callers =
        new Callers(
            builder.callerResolver == null ? context -> null : builder.callerResolver,
            builder.unauthenticated,
            builder.sessionAsGrant);
    this.wrapping = new Wrapping(guard, callers, builder.elicitation, builder.usage);
    this.elicitation = builder.elicitation;
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
   * Returns a builder.
   *
   * @param guard the guard
   * @return the builder
   */
  public static Builder builder(ToolGuard guard) {
    return new Builder(guard);
  }

  /**
   * Returns a transport by which these tools hear that a client has cancelled a call ({@code
   * notifications/cancelled}), which the SDK tells no tool. Such a call does not run by a yes that
   * comes later, in a form or after {@link ToolGuard.Builder#approvalPatience}: the yes serves the
   * same call made again. Over Streamable HTTP the SDK does not say which call it is, so the same
   * holds for every call that the session has open then. What a tool has begun is not ended.
   *
   * <pre>{@code
   * tools.install(McpServer.sync(tools.heard(transport)), specifications).build();
   * }</pre>
   *
   * @param transport one of Streamable HTTP; it stays the one that the host serves, as a servlet or
   *     a route
   * @return what to give the SDK's server
   */
  public McpStreamableServerTransportProvider heard(
      McpStreamableServerTransportProvider transport) {
    var heard = new HeardTransport.Streamable(Objects.requireNonNull(transport, "transport"));
    cancellationsAreHeard();
    return heard;
  }

  /**
   * Returns a transport by which these tools hear that a client has cancelled a call, as the other
   * method of this name does.
   *
   * @param transport one of standard input and output, or of SSE; it stays the one that the host
   *     serves
   * @return what to give the SDK's server
   */
  public McpServerTransportProvider heard(McpServerTransportProvider transport) {
    var heard = new HeardTransport.Single(Objects.requireNonNull(transport, "transport"));
    cancellationsAreHeard();
    return heard;
  }

  private void cancellationsAreHeard() {
    if (elicitation != null) {
      elicitation.hearsCancellations();
    }
  }

  /**
   * Puts tools on a synchronous server: guarded, without the hidden ones in its lists, and with
   * their arguments validated against the input schemas behind the policy instead of before it.
   *
   * <p>Hand over all tools of the server. One that reaches it by another way is not listed, and
   * logged as an error, since nothing governs its calls. Needs 2.1 of the SDK.
   *
   * @param server the server's builder; its own validation is switched off
   * @param specifications the tools; those that are behind this guard already stay as they are
   * @param <S> the builder's own type
   * @return the builder, to be filled further
   * @throws IllegalArgumentException if the policy names a tool almost as one of these is named;
   *     see {@link Builder#allowSimilarNames}
   * @throws IllegalStateException if the SDK is older, or there is no validator
   */
  public <S extends McpServer.SyncSpecification<S>> McpServer.SyncSpecification<S> install(
      McpServer.SyncSpecification<S> server,
      List<McpServerFeatures.SyncToolSpecification> specifications) {
    Installation.sync(server, this, specifications);
    return server;
  }

  /**
   * Puts tools on an asynchronous server, as {@link #install(McpServer.SyncSpecification, List)}
   * does.
   *
   * @param server the server's builder; its own validation is switched off
   * @param specifications the tools
   * @param <S> the builder's own type
   * @return the builder
   */
  public <S extends McpServer.AsyncSpecification<S>> McpServer.AsyncSpecification<S> install(
      McpServer.AsyncSpecification<S> server,
      List<McpServerFeatures.AsyncToolSpecification> specifications) {
    Installation.async(server, this, specifications);
    return server;
  }

  /**
   * Puts tools on a synchronous server without sessions, as {@link
   * #install(McpServer.SyncSpecification, List)} does.
   *
   * @param server the server's builder; its own validation is switched off
   * @param specifications the tools
   * @return the builder
   */
  public McpServer.StatelessSyncSpecification install(
      McpServer.StatelessSyncSpecification server,
      List<McpStatelessServerFeatures.SyncToolSpecification> specifications) {
    Installation.statelessSync(server, this, specifications);
    return server;
  }

  /**
   * Puts tools on an asynchronous server without sessions, as {@link
   * #install(McpServer.SyncSpecification, List)} does.
   *
   * @param server the server's builder; its own validation is switched off
   * @param specifications the tools
   * @return the builder
   */
  public McpServer.StatelessAsyncSpecification install(
      McpServer.StatelessAsyncSpecification server,
      List<McpStatelessServerFeatures.AsyncToolSpecification> specifications) {
    Installation.statelessAsync(server, this, specifications);
    return server;
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
    return sync(specifications, inputValidator);
  }

  List<McpServerFeatures.SyncToolSpecification> sync(
      List<McpServerFeatures.SyncToolSpecification> specifications,
      @Nullable JsonSchemaValidator validator) {
    check(specifications, McpServerFeatures.SyncToolSpecification::tool);
    return wrapping.sync(specifications, validator);
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
    return async(specifications, inputValidator);
  }

  List<McpServerFeatures.AsyncToolSpecification> async(
      List<McpServerFeatures.AsyncToolSpecification> specifications,
      @Nullable JsonSchemaValidator validator) {
    check(specifications, McpServerFeatures.AsyncToolSpecification::tool);
    return wrapping.async(specifications, validator);
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
    return statelessSync(specifications, inputValidator);
  }

  List<McpStatelessServerFeatures.SyncToolSpecification> statelessSync(
      List<McpStatelessServerFeatures.SyncToolSpecification> specifications,
      @Nullable JsonSchemaValidator validator) {
    check(specifications, McpStatelessServerFeatures.SyncToolSpecification::tool);
    return wrapping.statelessSync(specifications, validator);
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
    return statelessAsync(specifications, inputValidator);
  }

  List<McpStatelessServerFeatures.AsyncToolSpecification> statelessAsync(
      List<McpStatelessServerFeatures.AsyncToolSpecification> specifications,
      @Nullable JsonSchemaValidator validator) {
    check(specifications, McpStatelessServerFeatures.AsyncToolSpecification::tool);
    return wrapping.statelessAsync(specifications, validator);
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
    definitions.tell(List.of(tool));
    return wrapping.call(exchange, tool, request, handler);
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
    definitions.tell(List.of(tool));
    return wrapping.call(context, tool, request, handler);
  }

  /**
   * Returns whether a list shows a tool: not if the policy hides it, and with {@link
   * Builder#onlyListed} not if no rule lists it. A hidden tool is also denied when called. The SDK
   * tells a filter no session, so the caller is the one that the transport's context names.
   *
   * <p>{@link #install} has it asked; {@code server.addToolFilter(tools::visible)} does so for a
   * server that is put together by hand.
   *
   * @param context what the transport knows of the request
   * @param tool the tool
   * @return whether to show it
   */
  public boolean visible(McpTransportContext context, Tool tool) {
    Caller caller = callers.of(context);
    if (guard.pins() != null) {
      definitions.tell(List.of(tool));
    }
    if (!onlyListed) {
      return guard.visible(tool.name(), caller);
    }
    Coverage coverage = guard.coverage(List.of(tool.name()), caller).get(0);
    return coverage.listed() && !coverage.hidden();
  }

  /** As {@link #visible}, but what was never put behind the guard is not shown, and reported. */
  boolean visibleAndGuarded(McpTransportContext context, Tool tool) {
    if (isGuarded(tool)) {
      return visible(context, tool);
    }
    if (ungoverned.add(tool.name())) {
      LOG.error(
          "Tool {} is on the server and not behind the guard: it is not listed, but whoever knows"
              + " its name can call it. Give it to McpTools too.",
          Spelling.visible(Spelling.shorten(tool.name())));
    }
    return false;
  }

  /** Another tool of the same name may have taken the place of the guarded one. */
  @SuppressWarnings("ReferenceEquality")
  private boolean isGuarded(Tool tool) {
    return tools.get(tool.name()) == tool;
  }

  /**
   * Returns whether what the SDK's client threw says that the server it asked has run no tool: an
   * error of the protocol for a request that was not begun, or a connection that was never made. A
   * handler of this class lets it out as it is; the adapter of another framework can ask.
   *
   * @param failure what was thrown, as it was thrown
   */
  public static boolean nothingDone(Throwable failure) {
    return Upstream.nothingDone(failure);
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
   * @return what does not fit, a line each, as {@link PolicyCheck} finds it, notes aside. None if
   *     the guard asks a {@link dev.alcada.guard.PolicySource}; see {@link #check(Policy,
   *     Collection)}
   * @throws IllegalArgumentException if the policy names a tool almost as one of these is named;
   *     see {@link Builder#allowSimilarNames}
   */
  public List<String> check(Collection<Tool> tools) {
    Policy policy = guard.policy();
    return policy == null ? List.of() : check(policy, tools);
  }

  /**
   * Compares any policy with tools, as {@link #check(Collection)} does with the one in force: for
   * the policies that a guard has from a {@link dev.alcada.guard.PolicySource}.
   *
   * @param policy the policy
   * @param tools all tools that can be called
   * @return what does not fit, a line each
   * @throws IllegalArgumentException if the policy names a tool almost as one of these is named
   */
  public List<String> check(Policy policy, Collection<Tool> tools) {
    List<PolicyCheck.Finding> findings =
        PolicyCheck.against(policy, Definitions.of(tools)).findings();
    List<String> errors =
        findings.stream()
            .filter(finding -> finding.level() == PolicyCheck.Level.ERROR)
            .map(PolicyCheck.Finding::message)
            .toList();
    if (!errors.isEmpty() && !allowSimilarNames) {
      throw new IllegalArgumentException(
          "The policy allows what it does not list, and "
              + String.join("; ", errors)
              + " Correct the name, or allow similar names.");
    }
    return findings.stream()
        .filter(finding -> finding.level() != PolicyCheck.Level.NOTE)
        .map(McpTools::line)
        .toList();
  }

  /** What names match says itself which name of which field it is. */
  private static String line(PolicyCheck.Finding finding) {
    boolean placed =
        finding.pointer().isEmpty()
            || List.of("unknown-tool", "unused-pattern").contains(finding.rule());
    return (placed ? "" : finding.pointer() + ": ") + finding.message();
  }

  JsonSchemaValidator validator() {
    return inputValidator != null ? inputValidator : Installation.defaultValidator();
  }

  /** Compares the policy with every tool seen so far, since tools may come in several lists. */
  private <S> void check(List<S> specifications, Function<S, Tool> toTool) {
    for (S specification : specifications) {
      Tool tool = toTool.apply(specification);
      tools.put(tool.name(), tool);
    }
    check(tools.values()).forEach(LOG::warn);
    definitions.tell(specifications.stream().map(toTool).toList());
    if (reloadsChecked.compareAndSet(false, true)) {
      guard.checkReplacements(next -> check(next, tools.values()).forEach(LOG::warn));
    }
  }

  /** Makes {@link McpTools}. Not safe for use by several threads. */
  public static final class Builder {
    private final ToolGuard guard;
    private @Nullable CallerResolver callerResolver;
    private String unauthenticated = "anonymous";
    private boolean sessionAsGrant;
    private boolean allowSimilarNames;
    private boolean onlyListed;
    private boolean usage;
    private static final Duration LONGEST_WITHIN = Duration.ofHours(1);
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
     * @throws IllegalStateException if it was set before
     */
    public Builder callerResolver(CallerResolver resolver) {
      unset(callerResolver, "callerResolver");
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
     * Leaves out of lists what the policy does not list either, beside what it hides: an agent sees
     * the tools that a rule is for and no others. It is a matter of what is shown; whether an
     * unlisted tool can be called is for the policy's {@code default} to say.
     *
     * @return this builder
     */
    public Builder onlyListed() {
      onlyListed = true;
      return this;
    }

    /**
     * Asks the person at the client to approve a call that needs it, by the protocol's elicitation
     * with a form of {@link dev.alcada.approval.ShownRequest#text}: the tool, the reasons, the
     * caller and the arguments as {@link dev.alcada.guard.Approvals.Builder#redaction} leaves them.
     * It is asked only of clients that say they can show a form, and only on servers with sessions.
     *
     * <p>Accepting with the box ticked is a yes. If it comes within 15 seconds of the question, the
     * call runs at once, provided that the client answers a ping on the stream of that call within
     * five seconds: one that has closed its connection would have it run for nobody. A later yes
     * serves the same call made again. Declining, or accepting with the box not ticked, is a no;
     * cancelling, silence and errors leave the request pending for others. Use this only where the
     * client may be trusted to show the form to a person: the protocol has no proof that it did,
     * and the approver on record is {@code elicitation}.
     *
     * <p>On a synchronous server this holds the thread of the call until the answer; an
     * asynchronous one holds none. Two time-outs end the wait: {@code requestTimeout} of the SDK's
     * server (unless set, 10 seconds on a synchronous and 10 hours on an asynchronous one) and
     * {@code requestTimeout} of the client that calls the tool (20 seconds with the SDK's, unless
     * set); set both to what a person needs. After the client's, or where the client is gone, a yes
     * still serves the same call made again. The SDK does not tell tools that a client has
     * cancelled a call, so give its server {@link McpTools#heard heard(transport)}: without it a
     * cancelled call still runs if it is approved within 15 seconds of the question, and the log
     * says so once. A client that gives a call up in silence cannot be heard; {@link
     * #elicitApprovals(Duration)} with less than the shortest of such clients' time-outs, or with
     * zero, runs nothing for it. The guard's {@link ToolGuard.Builder#approvalPatience} should be
     * zero, or it comes before the question.
     *
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder elicitApprovals() {
      return elicitApprovals(Elicitation.SOON);
    }

    /**
     * As {@link #elicitApprovals()}, with another time within which a yes runs the call.
     *
     * @param within since the question was put, 0 to 1 hour; with 0 no yes runs the call that asked
     *     for it, and each serves the same call made again
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder elicitApprovals(Duration within) {
      unset(elicitation, "elicitApprovals");
      if (within.isNegative() || within.compareTo(LONGEST_WITHIN) > 0) {
        throw new IllegalArgumentException(
            "elicitApprovals must be within 0 to 1 hour, not " + within);
      }
      elicitation = new Elicitation(guard.approvals(), within);
      return this;
    }

    /**
     * Validates arguments against a tool's input schema behind the policy's rules instead of before
     * them: a call that they deny is denied and reported whatever its arguments look like, and one
     * whose arguments do not fit is answered by the SDK's own result, before limits are looked at
     * and anybody is asked, neither counted nor reported. Switch the SDK's validation off with
     * {@code validateToolInputs(false)} on its server's builder; with that alone nothing is
     * validated.
     *
     * @param validator the validator, for example {@code McpJsonDefaults.getSchemaValidator()}
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder validateInputs(JsonSchemaValidator validator) {
      unset(inputValidator, "validateInputs");
      inputValidator = Objects.requireNonNull(validator, "validator");
      return this;
    }

    /**
     * Puts what is left of a tool's limits into its results, under {@code
     * _meta["dev.alcada/usage"]}: of those that count by grant or session, never of what callers
     * share. A store is asked once more for each call.
     *
     * @return this builder
     */
    public Builder usage() {
      usage = true;
      return this;
    }

    /** {@return the guarded tools' maker} */
    public McpTools build() {
      return new McpTools(this);
    }

    private static void unset(@Nullable Object value, String setting) {
      if (value != null) {
        throw new IllegalStateException(setting + " was set before");
      }
    }
  }
}
