package dev.alcada.examples.spring;

import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** Principals of Spring Security at servers on a servlet container. */
@ParameterizedClass
@MethodSource("dev.alcada.examples.spring.Cell#http")
class SecuredServletTest extends SecuredServer {
  @Configuration(proxyBeanMethods = false)
  static class Security {
    @Bean
    SecurityFilterChain everybodyIsSomebody(HttpSecurity http) throws Exception {
      return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
          .csrf(csrf -> csrf.disable())
          .httpBasic(Customizer.withDefaults())
          .build();
    }

    @Bean
    UserDetailsService users() {
      return new InMemoryUserDetailsManager(
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
