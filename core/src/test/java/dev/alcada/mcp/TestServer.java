package dev.alcada.mcp;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpAsyncListFilter;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStatelessServerTransport;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServletRequest;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The official server on embedded Tomcat or in a child process, and official clients to it. */
public final class TestServer implements AutoCloseable {
  /** What it says of threads and of leaks is for applications that are loaded anew. */
  private static final Logger RELOAD_LOG =
      Logger.getLogger("org.apache.catalina.loader.WebappClassLoaderBase");

  /** Which of the SDK's four records, and over what. */
  enum Wiring {
    SYNC_HTTP,
    ASYNC_HTTP,
    STATELESS_SYNC_HTTP,
    STATELESS_ASYNC_HTTP,
    SYNC_STDIO,
    ASYNC_STDIO;

    boolean stdio() {
      return this == SYNC_STDIO || this == ASYNC_STDIO;
    }
  }

  /** What no test waits for but one that fails, on however slow a machine. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String ENDPOINT = "/mcp";
  private static final ServerCapabilities CAPABILITIES =
      ServerCapabilities.builder().tools(true).build();

  private final List<Runnable> resources = new ArrayList<>();
  private final Wiring wiring;
  private int port;
  private Class<?> program = Object.class;
  private @Nullable McpSyncServer syncServer;

  private TestServer(Wiring wiring) {
    this.wiring = wiring;
  }

  /**
   * Starts a server whose transport context holds the request's {@code X-User} as its principal.
   */
  static TestServer http(Wiring wiring, McpTools guarded, List<TestTool> tools) throws Exception {
    return http(wiring, guarded, tools, new Settings(null, PATIENCE));
  }

  /**
   * What of a server is set.
   *
   * @param validateInputs whether the SDK validates arguments, before any handler; if null, the
   *     tools are installed, and arguments validated behind the policy
   * @param requestTimeout how long the server waits for a client's answer
   */
  record Settings(@Nullable Boolean validateInputs, Duration requestTimeout) {}

  static TestServer http(Wiring wiring, McpTools guarded, List<TestTool> tools, Settings settings)
      throws Exception {
    TestServer server = new TestServer(wiring);
    Servlet servlet =
        switch (wiring) {
          case SYNC_HTTP -> {
            var transport = streamable();
            var builder =
                McpServer.sync(guarded.heard(transport))
                    .capabilities(CAPABILITIES)
                    .requestTimeout(settings.requestTimeout());
            var given = tools.stream().map(TestTool::sync).toList();
            if (settings.validateInputs() == null) {
              guarded.install(builder, given);
            } else {
              builder
                  .validateToolInputs(settings.validateInputs())
                  .addToolFilter(guarded::visible)
                  .tools(guarded.sync(given));
            }
            McpSyncServer mcp = builder.build();
            server.syncServer = mcp;
            server.resources.add(mcp::closeGracefully);
            yield transport;
          }
          case ASYNC_HTTP -> {
            var transport = streamable();
            var builder =
                McpServer.async(guarded.heard(transport))
                    .capabilities(CAPABILITIES)
                    .requestTimeout(settings.requestTimeout());
            var given = tools.stream().map(TestTool::async).toList();
            if (settings.validateInputs() == null) {
              guarded.install(builder, given);
            } else {
              builder
                  .validateToolInputs(settings.validateInputs())
                  .addToolFilter(asyncFilter(guarded))
                  .tools(guarded.async(given));
            }
            server.resources.add(builder.build()::close);
            yield transport;
          }
          case STATELESS_SYNC_HTTP -> {
            var transport = stateless();
            var builder =
                McpServer.sync(transport)
                    .capabilities(CAPABILITIES)
                    .requestTimeout(settings.requestTimeout());
            var given = tools.stream().map(TestTool::statelessSync).toList();
            if (settings.validateInputs() == null) {
              guarded.install(builder, given);
            } else {
              builder
                  .validateToolInputs(settings.validateInputs())
                  .addToolFilter(guarded::visible)
                  .tools(guarded.statelessSync(given));
            }
            server.resources.add(builder.build()::close);
            yield transport;
          }
          case STATELESS_ASYNC_HTTP -> {
            var transport = stateless();
            var builder =
                McpServer.async(transport)
                    .capabilities(CAPABILITIES)
                    .requestTimeout(settings.requestTimeout());
            var given = tools.stream().map(TestTool::statelessAsync).toList();
            if (settings.validateInputs() == null) {
              guarded.install(builder, given);
            } else {
              builder
                  .validateToolInputs(settings.validateInputs())
                  .addToolFilter(asyncFilter(guarded))
                  .tools(guarded.statelessAsync(given));
            }
            server.resources.add(builder.build()::close);
            yield transport;
          }
          case SYNC_STDIO, ASYNC_STDIO -> throw new IllegalArgumentException("not over HTTP");
        };
    server.serve(servlet);
    return server;
  }

  /** Starts a streamable server whose builder the test fills itself. */
  static TestServer http(Consumer<McpServer.SyncSpecification<?>> tools) throws Exception {
    TestServer server = new TestServer(Wiring.SYNC_HTTP);
    var transport = streamable();
    var builder = McpServer.sync(transport).capabilities(CAPABILITIES);
    tools.accept(builder);
    McpSyncServer mcp = builder.build();
    server.syncServer = mcp;
    server.resources.add(mcp::closeGracefully);
    server.serve(transport);
    return server;
  }

  /** Starts an asynchronous streamable server whose builder the test fills itself. */
  static TestServer asyncHttp(Consumer<McpServer.AsyncSpecification<?>> tools) throws Exception {
    TestServer server = new TestServer(Wiring.ASYNC_HTTP);
    var transport = streamable();
    var builder = McpServer.async(transport).capabilities(CAPABILITIES);
    tools.accept(builder);
    server.resources.add(builder.build()::close);
    server.serve(transport);
    return server;
  }

  /** Starts a server without sessions whose builder the test fills itself. */
  public static TestServer stateless(Consumer<McpServer.StatelessSyncSpecification> tools)
      throws Exception {
    TestServer server = new TestServer(Wiring.STATELESS_SYNC_HTTP);
    var transport = stateless();
    var builder = McpServer.sync(transport).capabilities(CAPABILITIES);
    tools.accept(builder);
    server.resources.add(builder.build()::close);
    server.serve(transport);
    return server;
  }

  /**
   * Returns a server that each client starts for itself.
   *
   * @param program a class with a {@code main} that is given the wiring's name
   */
  static TestServer stdio(Wiring wiring, Class<?> program) {
    TestServer server = new TestServer(wiring);
    server.program = program;
    return server;
  }

  /** Serves on this process's standard input and output; for the child's {@code main}. */
  static void serveStdio(Wiring wiring, McpTools guarded, List<TestTool> tools) {
    McpServerTransportProvider transport =
        new StdioServerTransportProvider(McpJsonDefaults.getMapper()) {
          @Override
          public void setSessionFactory(McpServerSession.Factory sessions) {
            super.setSessionFactory(one -> sessions.create(new InTurn(one)));
          }
        };
    if (wiring == Wiring.SYNC_STDIO) {
      guarded
          .install(
              McpServer.sync(guarded.heard(transport)).capabilities(CAPABILITIES),
              tools.stream().map(TestTool::sync).toList())
          .build();
    } else {
      guarded
          .install(
              McpServer.async(guarded.heard(transport)).capabilities(CAPABILITIES),
              tools.stream().map(TestTool::async).toList())
          .build();
    }
  }

  private static McpAsyncListFilter<Tool> asyncFilter(McpTools guarded) {
    return McpAsyncListFilter.fromSync(guarded::visible, true);
  }

  /** {@return the address of its endpoint} */
  public String url() {
    return "http://localhost:" + port + ENDPOINT;
  }

  McpSyncServer syncServer() {
    return Objects.requireNonNull(syncServer);
  }

  /** Returns a client that has introduced itself. */
  McpSyncClient client() {
    return client("", specification -> {});
  }

  /**
   * Returns a client whose every request carries a user that the server takes for authenticated.
   */
  McpSyncClient client(String user) {
    return client(user, specification -> {});
  }

  McpSyncClient client(String user, Consumer<McpClient.SyncSpec> with) {
    return client(() -> user, with);
  }

  /** Returns a client whose user is another with each request, within one session. */
  McpSyncClient client(Supplier<String> user) {
    return client(user, specification -> {});
  }

  private McpSyncClient client(Supplier<String> user, Consumer<McpClient.SyncSpec> with) {
    var specification =
        McpClient.sync(wiring.stdio() ? childProcess() : httpTransport(user))
            .initializationTimeout(PATIENCE)
            .requestTimeout(PATIENCE);
    with.accept(specification);
    McpSyncClient client = specification.build();
    resources.add(0, client::close);
    client.initialize();
    return client;
  }

  private McpClientTransport httpTransport(Supplier<String> user) {
    return HttpClientStreamableHttpTransport.builder("http://localhost:" + port)
        .endpoint(ENDPOINT)
        .addHttpRequestCustomizer(
            (request, method, uri, body, context) -> {
              if (!user.get().isEmpty()) {
                request.header("X-User", user.get());
              }
            })
        .build();
  }

  private McpClientTransport childProcess() {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var transport =
        new StdioClientTransport(
            ServerParameters.builder(java)
                .args(
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    program.getName(),
                    wiring.name())
                .build(),
            McpJsonDefaults.getMapper()) {
          @Override
          public synchronized Mono<Void> sendMessage(JSONRPCMessage message) {
            return super.sendMessage(message);
          }
        };
    transport.setStdErrorHandler(line -> {});
    return transport;
  }

  private static HttpServletStreamableServerTransportProvider streamable() {
    return HttpServletStreamableServerTransportProvider.builder()
        .mcpEndpoint(ENDPOINT)
        .contextExtractor(TestServer::context)
        .build();
  }

  private static HttpServletStatelessServerTransport stateless() {
    return HttpServletStatelessServerTransport.builder()
        .messageEndpoint(ENDPOINT)
        .contextExtractor(TestServer::context)
        .build();
  }

  private static McpTransportContext context(HttpServletRequest request) {
    String user = request.getHeader("X-User");
    return user == null
        ? McpTransportContext.EMPTY
        : McpTransportContext.create(Map.of("principal", user));
  }

  private void serve(Servlet servlet) throws LifecycleException {
    RELOAD_LOG.setLevel(Level.OFF);
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
    tomcat.setPort(0);
    Context context =
        tomcat.addContext("", new File(System.getProperty("java.io.tmpdir")).getAbsolutePath());
    Tomcat.addServlet(context, "mcp", servlet).setAsyncSupported(true);
    context.addServletMappingDecoded("/*", "mcp");
    tomcat.getConnector().setProperty("maxThreads", "64");
    tomcat.start();
    port = tomcat.getConnector().getLocalPort();
    resources.add(
        () -> {
          try {
            tomcat.stop();
            tomcat.destroy();
          } catch (LifecycleException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Ends the server, and leaves its clients. */
  void stopListening() {
    resources.remove(resources.size() - 1).run();
  }

  @Override
  public void close() {
    resources.forEach(Runnable::run);
  }

  /**
   * A transport whose messages are sent one at a time. Over standard input and output, the SDK's
   * own drops a message if another thread is sending one and has no processor for 100 milliseconds.
   */
  private record InTurn(McpServerTransport transport) implements McpServerTransport {
    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
      return Mono.fromRunnable(
          () -> {
            synchronized (transport) {
              transport.sendMessage(message).toFuture().join();
            }
          });
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
      return transport.unmarshalFrom(data, type);
    }

    @Override
    public Mono<Void> closeGracefully() {
      return transport.closeGracefully();
    }

    @Override
    public void close() {
      transport.close();
    }

    @Override
    public List<String> protocolVersions() {
      return transport.protocolVersions();
    }
  }
}
