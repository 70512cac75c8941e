"""People's accounts: who they are, how they prove it, and what an administrator does about them."""
