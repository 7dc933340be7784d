package dev.alcada.spring;

import dev.alcada.decision.Caller;
import dev.alcada.mcp.CallerResolver;
import io.modelcontextprotocol.common.McpTransportContext;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

/** The application's {@link CallerResolver}, if it has one. */
record McpResolver(@Nullable CallerResolver resolver) implements Resolver {
  /** One that fails would deny every call, so it is tried before there is one. */
  static McpResolver of(ListableBeanFactory beans) {
    CallerResolver resolver = Beans.one(beans, CallerResolver.class);
    if (resolver != null) {
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
    }
    return new McpResolver(resolver);
  }

  @Override
  public @Nullable Caller caller(Function<String, @Nullable Object> known) {
    return resolver == null ? null : resolver.resolve(known::apply);
  }
}
