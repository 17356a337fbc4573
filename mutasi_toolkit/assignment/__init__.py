"""Who should sit where: the problem, its proved solution, and the reasons."""
