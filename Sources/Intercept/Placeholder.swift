public enum Intercept {}
