"""Rules of EC2: instances, launch templates, volumes and addresses."""
