/** Tokens: what one must look like before a library that verifies signatures sees it. */
@NullMarked
package io.eric.auth.token;

import org.jspecify.annotations.NullMarked;
