package dev.alcada.spring;

import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.server.McpStatelessRequestHandler;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpServerTransportProviderBase;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.ClassUtils;

/**
 * Guards every MCP server of an application at the one place that all its clients' requests come
 * to, whichever way its tools were given to it.
 *
 * <p>A transport over a pipe reads as soon as its server is built. It is therefore wrapped before
 * that; those over HTTP answer nobody before the application is up.
 */
final class GuardedServers implements BeanPostProcessor, Coverage.Check, PriorityOrdered {
  private static final Set<String> KNOWN_REQUESTS =
      Set.of(
          McpSchema.METHOD_INITIALIZE,
          McpSchema.METHOD_PING,
          McpSchema.METHOD_TOOLS_LIST,
          McpSchema.METHOD_TOOLS_CALL);

  private static final Set<String> KNOWN_GROUPS =
      Set.of("resources", "prompts", "logging", "completion");

  private final ObjectProvider<GuardedRequests> requests;
  private final ObjectProvider<Coverage> coverage;

  GuardedServers(ObjectProvider<GuardedRequests> requests, ObjectProvider<Coverage> coverage) {
    this.requests = requests;
    this.coverage = coverage;
  }

  /** Before others put proxies around what is looked into here. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof McpServerTransportProvider && isPipe(bean)) {
      return pipe(bean, name);
    }
    if (RequestTables.isServer(bean)) {
      guardServer(bean, name);
    }
    return bean;
  }

  /** Guards a bean that was made without this, or on which a server was built that is none. */
  @Override
  public void check(Object bean, String name) {
    Object target = AopProxyUtils.getSingletonTarget(bean);
    Object found = target == null ? bean : target;
    if (RequestTables.isServer(found)) {
      guardServer(found, name);
    } else if ((found instanceof McpServerTransportProviderBase
            || found instanceof McpStatelessServerTransport)
        && !Proxies.guarded(bean)
        && RequestTables.inUse(found)) {
      guardTransport(found, name, null);
    }
  }

  private void guardServer(Object bean, String name) {
    Object server = RequestTables.asynchronous(bean);
    if (server != null && !RequestTables.hasTools(server)) {
      return;
    }
    Object transport = server == null ? null : RequestTables.transport(server);
    if (transport == null) {
      unreadable(name, bean);
    } else if (transport instanceof StdioServerTransportProvider && !Proxies.guarded(transport)) {
      guardTransport(transport, name, server);
      coverage
          .getObject()
          .uncovered(
              "the MCP server of bean \"" + name + "\" may have been called before it was guarded",
              "make its transport a bean of its own");
    } else if (!Proxies.guarded(transport)) {
      guardTransport(transport, name, server);
    }
  }

  private void guardTransport(Object transport, String name, @Nullable Object server) {
    try {
      if (transport instanceof McpStatelessServerTransport) {
        Map<String, McpStatelessRequestHandler<?>> table = RequestTables.stateless(transport);
        if (table == null || lacksTools(table, server)) {
          unreadable(name, transport);
          return;
        }
        lookFor(table, name);
        requests.getObject().guardStateless(table, RequestTables.validator(server));
      } else {
        Map<String, McpRequestHandler<?>> table = RequestTables.stateful(transport);
        if (table == null || lacksTools(table, server)) {
          unreadable(name, transport);
          return;
        }
        lookFor(table, name);
        boolean pipe = transport instanceof StdioServerTransportProvider;
        requests.getObject().guard(table, pipe, RequestTables.validator(server));
      }
    } catch (UnsupportedOperationException e) {
      // A table that nothing can be put into.
      unreadable(name, transport);
    }
  }

  private static boolean lacksTools(Map<String, ?> table, @Nullable Object server) {
    return server != null && !table.containsKey(McpSchema.METHOD_TOOLS_CALL);
  }

  /** Reports a request that nobody knows: it may be another way to a tool. */
  private void lookFor(Map<String, ?> table, String name) {
    for (String request : table.keySet()) {
      if (!KNOWN_REQUESTS.contains(request) && !KNOWN_GROUPS.contains(group(request))) {
        coverage
            .getObject()
            .uncovered(
                "the MCP server of bean \""
                    + name
                    + "\" answers "
                    + request
                    + ", by which tools may be reached past the guard",
                "take an MCP SDK that this version of Alçada knows");
      }
    }
  }

  private static String group(String request) {
    int slash = request.indexOf('/');
    return slash < 0 ? request : request.substring(0, slash);
  }

  private void unreadable(String name, Object owner) {
    coverage
        .getObject()
        .uncovered(
            "bean \""
                + name
                + "\" serves tools in a way that is not known here ("
                + owner.getClass().getName()
                + "), past the guard",
            "take a transport and a version of the MCP SDK that this version of Alçada knows");
  }

  private static boolean isPipe(Object bean) {
    return !Proxies.guarded(bean)
        && Proxies.extensible(bean.getClass())
        && ClassUtils.getAllInterfacesAsSet(bean).stream()
            .noneMatch(type -> type.getName().equals("jakarta.servlet.Servlet"));
  }

  private Object pipe(Object bean, String name) {
    Proxies.GuardAdvice advice =
        invocation -> {
          Object[] arguments = invocation.getArguments();
          if (arguments.length == 1 && arguments[0] instanceof McpServerSession.Factory sessions) {
            // Here, for the first request may come while the application is still being set up.
            requests.getObject().prepare();
            arguments[0] = guarded(sessions, name, bean instanceof StdioServerTransportProvider);
          }
          return invocation.proceed();
        };
    return Proxies.around(bean, advice);
  }

  private McpServerSession.Factory guarded(
      McpServerSession.Factory sessions, String name, boolean stdio) {
    McpAsyncServer server = Inside.value(sessions, McpAsyncServer.class);
    return transport -> {
      McpServerSession session = sessions.create(transport);
      Map<String, McpRequestHandler<?>> table = RequestTables.of(session);
      if (table == null) {
        unreadable(name, session);
      } else {
        lookFor(table, name);
        requests.getObject().guard(table, stdio, RequestTables.validator(server));
      }
      return session;
    };
  }
}
