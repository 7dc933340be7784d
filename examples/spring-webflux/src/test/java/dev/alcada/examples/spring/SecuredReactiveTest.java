package dev.alcada.examples.spring;

import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;

/** Principals of Spring Security at servers without a servlet container. */
@ParameterizedClass
@MethodSource("dev.alcada.examples.spring.Cell#http")
class SecuredReactiveTest extends SecuredServer {
  @Configuration(proxyBeanMethods = false)
  static class Security {
    @Bean
    SecurityWebFilterChain everybodyIsSomebody(ServerHttpSecurity http) {
      return http.authorizeExchange(requests -> requests.anyExchange().authenticated())
          .csrf(csrf -> csrf.disable())
          .httpBasic(Customizer.withDefaults())
          .build();
    }

    @Bean
    MapReactiveUserDetailsService users() {
      return new MapReactiveUserDetailsService(
          User.withUsername("alice").password("{noop}secret").roles("USER").build(),
          User.withUsername("bob").password("{noop}secret").roles("USER").build(),
          User.withUsername("mallory").password("{noop}secret").roles("STAFF").build());
    }
  }

  @BeforeParameterizedClassInvocation
  static void start(Cell cell) {
    start(cell, Security.class);
  }
}
