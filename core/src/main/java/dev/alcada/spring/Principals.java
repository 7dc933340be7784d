package dev.alcada.spring;

import dev.alcada.decision.Caller;
import java.security.Principal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Whoever is authenticated, as a caller. */
interface Principals {
  /** An application without Spring Security: nobody is. */
  Principals NONE =
      new Principals() {
        @Override
        public @Nullable Caller here() {
          return null;
        }

        @Override
        public Mono<Caller> in() {
          return Mono.empty();
        }

        @Override
        public Set<String> authorities(Principal principal) {
          return Set.of();
        }
      };

  /** {@return the caller that this thread works for, or null} */
  @Nullable Caller here();

  /** {@return the caller that the subscriber's context names, or nothing} */
  Mono<Caller> in();

  /** {@return what a principal may do, as far as that is known} */
  Set<String> authorities(Principal principal);
}
