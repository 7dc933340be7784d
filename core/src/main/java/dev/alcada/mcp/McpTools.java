package dev.alcada.mcp;

import dev.alcada.guard.ToolGuard;
import io.modelcontextprotocol.server.McpAsyncListFilter;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpSyncListFilter;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Objects;

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
 * counted, since nobody knows what it has done.
 *
 * <p>The SDK validates a call's arguments against the input schema before any handler: such a call
 * is neither counted nor reported to listeners.
 *
 * <p>Immutable and safe for use by several threads.
 */
@SuppressWarnings("exports") // whoever uses this package requires the SDK already
public final class McpTools {
  private final ToolGuard guard;
  private final Callers callers;

  private McpTools(Builder builder) {
    this.guard = builder.guard;
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
   */
  public List<McpServerFeatures.SyncToolSpecification> sync(
      List<McpServerFeatures.SyncToolSpecification> specifications) {
    return specifications.stream()
        .map(
            specification -> {
              GuardedTool guarded = new GuardedTool(guard, specification.tool());
              return new McpServerFeatures.SyncToolSpecification(
                  specification.tool(),
                  (exchange, request) ->
                      guarded.call(
                          () -> callers.of(exchange),
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
   */
  public List<McpServerFeatures.AsyncToolSpecification> async(
      List<McpServerFeatures.AsyncToolSpecification> specifications) {
    return specifications.stream()
        .map(
            specification -> {
              GuardedTool guarded = new GuardedTool(guard, specification.tool());
              return new McpServerFeatures.AsyncToolSpecification(
                  specification.tool(),
                  (exchange, request) ->
                      guarded.callAsync(
                          () -> callers.of(exchange),
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
   */
  public List<McpStatelessServerFeatures.SyncToolSpecification> statelessSync(
      List<McpStatelessServerFeatures.SyncToolSpecification> specifications) {
    return specifications.stream()
        .map(
            specification -> {
              GuardedTool guarded = new GuardedTool(guard, specification.tool());
              return new McpStatelessServerFeatures.SyncToolSpecification(
                  specification.tool(),
                  (context, request) ->
                      guarded.call(
                          () -> callers.of(context),
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
   */
  public List<McpStatelessServerFeatures.AsyncToolSpecification> statelessAsync(
      List<McpStatelessServerFeatures.AsyncToolSpecification> specifications) {
    return specifications.stream()
        .map(
            specification -> {
              GuardedTool guarded = new GuardedTool(guard, specification.tool());
              return new McpStatelessServerFeatures.AsyncToolSpecification(
                  specification.tool(),
                  (context, request) ->
                      guarded.callAsync(
                          () -> callers.of(context),
                          request,
                          judged -> specification.callHandler().apply(context, judged)));
            })
        .toList();
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

  /** Makes {@link McpTools}. Not safe for use by several threads. */
  public static final class Builder {
    private final ToolGuard guard;
    private CallerResolver callerResolver = context -> null;
    private String unauthenticated = "anonymous";
    private boolean sessionAsGrant;

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

    /** {@return the guarded tools' maker} */
    public McpTools build() {
      return new McpTools(this);
    }
  }
}
