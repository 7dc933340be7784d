package dev.alcada.examples.tenants;

import dev.alcada.audit.DecisionListener;
import dev.alcada.decision.Caller;
import dev.alcada.examples.LoopbackServer;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/**
 * An MCP server on embedded Tomcat whose callers are accounts of several tenants: the bearer token
 * says who calls, the role which policy holds, and the tenant whose money is counted.
 */
final class TenantServer implements AutoCloseable {
  private static final String ACCOUNT = "account";

  private final Map<String, BigDecimal> paidByTenant = new ConcurrentHashMap<>();
  private final McpSyncServer mcp;
  private final LoopbackServer http;

  private TenantServer(Map<String, Account> accountsByToken, int port) throws IOException {
    ToolGuard guard =
        ToolGuard.builder(new RolePolicies()).listener(DecisionListener.logging()).build();
    McpTools tools = McpTools.builder(guard).callerResolver(TenantServer::caller).build();
    var transport =
        HttpServletStreamableServerTransportProvider.builder()
            .mcpEndpoint("/mcp")
            .contextExtractor(
                request -> McpTransportContext.create(Map.of(ACCOUNT, request.getUserPrincipal())))
            .build();
    mcp = tools.install(McpServer.sync(transport).serverInfo("tenants", "1"), tools()).build();

    http =
        LoopbackServer.start(
            context -> {
              addFilter(context, new BearerTokens(accountsByToken));
              addServlet(context, "/mcp", transport);
              addServlet(context, "/approvals/*", new ApprovalsEndpoint(guard.approvals()));
            },
            port);
  }

  /**
   * Starts the server on the loopback interface.
   *
   * @param accountsByToken who may call
   * @param port 1 to 65535, or 0 for a free one
   */
  static TenantServer start(Map<String, Account> accountsByToken, int port) throws IOException {
    return new TenantServer(accountsByToken, port);
  }

  /** {@return its address, such as {@code http://127.0.0.1:49152}} */
  String url() {
    return http.url();
  }

  /** What a policy knows of an account; the name is unique, so that no two share a grant. */
  private static Caller caller(McpTransportContext context) {
    Account account = account(context);
    return Caller.grant(account.name())
        .withAttribute("tenant", account.tenant())
        .withAttribute("role", account.role());
  }

  private static Account account(McpTransportContext context) {
    return (Account) Objects.requireNonNull(context.get(ACCOUNT));
  }

  private List<SyncToolSpecification> tools() {
    return List.of(
        tool(
            "refund",
            Map.of("amount", Map.of("type", "number", "exclusiveMinimum", 0)),
            (account, arguments) -> {
              BigDecimal amount = new BigDecimal(String.valueOf(arguments.get("amount")));
              paidByTenant.merge(account.tenant(), amount, BigDecimal::add);
              return "refunded " + amount;
            }),
        tool(
            "paid_today",
            Map.of(),
            (account, arguments) ->
                "paid " + paidByTenant.getOrDefault(account.tenant(), BigDecimal.ZERO)),
        tool(
            "close_day",
            Map.of(),
            (account, arguments) -> {
              paidByTenant.remove(account.tenant());
              return "closed";
            }));
  }

  /** Whose money it is the token says, and no argument. */
  private static SyncToolSpecification tool(
      String name,
      Map<String, Object> properties,
      BiFunction<Account, Map<String, Object>, String> handler) {
    return new SyncToolSpecification(
        Tool.builder(
                name,
                Map.of(
                    "type",
                    "object",
                    "properties",
                    properties,
                    "required",
                    List.copyOf(properties.keySet()),
                    "additionalProperties",
                    false))
            .build(),
        (exchange, request) ->
            CallToolResult.builder()
                .addTextContent(
                    handler.apply(account(exchange.transportContext()), request.arguments()))
                .build());
  }

  private static void addFilter(Context context, BearerTokens tokens) {
    FilterDef definition = new FilterDef();
    definition.setFilterName("tokens");
    definition.setFilter(tokens);
    definition.setAsyncSupported("true");
    context.addFilterDef(definition);
    FilterMap everything = new FilterMap();
    everything.setFilterName("tokens");
    everything.addURLPattern("/*");
    // Also when a request goes on once its body has arrived.
    everything.setDispatcher("REQUEST");
    everything.setDispatcher("ASYNC");
    context.addFilterMap(everything);
  }

  private static void addServlet(Context context, String path, Servlet servlet) {
    Tomcat.addServlet(context, path, servlet).setAsyncSupported(true);
    context.addServletMappingDecoded(path, path);
  }

  @Override
  public void close() {
    mcp.closeGracefully();
    http.close();
  }
}
