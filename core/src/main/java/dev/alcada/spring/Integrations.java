package dev.alcada.spring;

import dev.alcada.audit.AuditLog;
import dev.alcada.audit.DecisionListener;
import dev.alcada.decision.Caller;
import dev.alcada.guard.Approvals;
import dev.alcada.mcp.CallerResolver;
import io.micrometer.core.instrument.MeterRegistry;
import io.modelcontextprotocol.common.McpTransportContext;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What needs one optional library each. Names its classes only where it is there. */
final class Integrations {
  private static final String MCP = "io.modelcontextprotocol.server.McpStatelessAsyncServer";
  private static final String SPRING_AI = "org.springframework.ai.tool.ToolCallback";

  private Integrations() {}

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = "org.springframework.security.core.context.SecurityContextHolder")
  static class Security {
    @Bean
    static Callers.Principals alcadaPrincipals() {
      return new SecurityPrincipals();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = MCP)
  static class Mcp {
    @Bean
    static Callers.Resolver alcadaResolver(ListableBeanFactory beans) {
      CallerResolver resolver = Beans.one(beans, CallerResolver.class);
      if (resolver == null) {
        return known -> null;
      }
      // One that fails would deny every call, so it is tried before there is one.
      try {
        Caller unused = resolver.resolve(McpTransportContext.EMPTY);
      } catch (RuntimeException | Error e) {
        throw new StartFailure(
            Settings.POLICY
                + " is set and the CallerResolver bean "
                + Beans.names(beans, CallerResolver.class)
                + " fails for a call that nothing is known of ("
                + e.getClass().getName()
                + ")",
            "return null where nobody is authenticated",
            e);
      }
      return known -> resolver.resolve(known::apply);
    }

    @Bean
    static GuardedRequests alcadaRequests(GuardInUse guard, Callers callers, KnownTools known) {
      return new GuardedRequests(guard, callers, known);
    }

    @Bean
    static GuardedServers alcadaServers(
        ObjectProvider<GuardedRequests> requests, ObjectProvider<Coverage> coverage) {
      return new GuardedServers(requests, coverage);
    }

    @Bean
    static PolicyFit alcadaPolicyFit(GuardInUse guard, KnownTools known) {
      return new PolicyFit(guard, known);
    }

    @Bean
    static CallSite alcadaCallSite(Callers callers) {
      return new McpCallSite(callers);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(
      name = {
        MCP,
        "org.springframework.ai.mcp.annotation.McpTool",
        "org.springframework.ai.mcp.annotation.spring.scan.AbstractMcpAnnotatedBeans"
      })
  static class AnnotatedMcp {
    @Bean
    static AnnotatedTools alcadaAnnotatedTools() {
      return new AnnotatedTools();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = SPRING_AI)
  static class SpringAi {
    @Bean
    @ConditionalOnMissingClass(MCP)
    static CallSite alcadaCallSite(Callers callers) {
      return new CallSite(callers);
    }

    @Bean
    static GuardedTools alcadaTools(GuardInUse guard, CallSite site) {
      return new GuardedTools(guard, site);
    }

    @Bean
    static ToolBeans alcadaToolBeans(
        ObjectProvider<GuardedTools> tools,
        ObjectProvider<CallSite> site,
        ObjectProvider<ToolCallingManager> managers,
        ObjectProvider<KnownTools> known,
        ObjectProvider<Coverage> coverage) {
      return new ToolBeans(tools, site, managers, known, coverage);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = {SPRING_AI, "org.springframework.ai.chat.client.ChatClient"})
  static class ChatClients {
    @Bean
    static GuardedChatClients alcadaChatClients(
        ObjectProvider<GuardedTools> tools,
        ObjectProvider<CallSite> site,
        ObjectProvider<Coverage> coverage) {
      return new GuardedChatClients(tools, site, coverage);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(
      name =
          "org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint")
  static class Management {
    @Bean
    @ConditionalOnAvailableEndpoint(endpoint = AlcadaEndpoint.class)
    @ConditionalOnMissingBean
    static AlcadaEndpoint alcadaEndpoint(
        GuardInUse guard,
        PolicyDocument document,
        Approvals approvals,
        KnownTools known,
        ObjectProvider<Callers.Principals> principals) {
      return new AlcadaEndpoint(
          guard,
          document,
          approvals,
          known,
          principals.getIfAvailable(() -> Callers.Principals.NONE));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = "io.micrometer.core.instrument.MeterRegistry")
  static class Meters {
    @Bean
    static DecisionListener alcadaMeters(
        ObjectProvider<MeterRegistry> registry, ObjectProvider<AuditLog> log, KnownTools known) {
      return new DecisionMeters(registry, log, known);
    }
  }
}
